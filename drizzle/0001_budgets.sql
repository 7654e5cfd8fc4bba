CREATE TABLE `alerts` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`target` text NOT NULL,
	`month` integer NOT NULL,
	`percent` integer NOT NULL,
	`read` integer NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_once_key` ON `alerts` (`user_id`,`target`,`month`,`percent`);--> statement-breakpoint
CREATE TABLE `budgets` (
	`user_id` text NOT NULL,
	`target` text NOT NULL,
	`scope` text NOT NULL,
	`month` integer NOT NULL,
	`category_id` text,
	`limit_amount` integer,
	`rollover` text NOT NULL,
	`alert_percents` text NOT NULL,
	PRIMARY KEY(`user_id`, `target`, `scope`, `month`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`,`category_id`) REFERENCES `categories`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "budgets_target_is_category" CHECK("budgets"."target" = coalesce("budgets"."category_id", 'overall')),
	CONSTRAINT "budgets_scope_known" CHECK("budgets"."scope" IN ('onward', 'month')),
	CONSTRAINT "budgets_limit_range" CHECK("budgets"."limit_amount" BETWEEN 0 AND 1000000000000),
	CONSTRAINT "budgets_override_has_limit" CHECK("budgets"."scope" = 'onward' OR "budgets"."limit_amount" IS NOT NULL),
	CONSTRAINT "budgets_rollover_known" CHECK("budgets"."rollover" IN ('none', 'surplus', 'full'))
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `lines_before` (
	`user_id` text NOT NULL,
	`target` text NOT NULL,
	`month` integer NOT NULL,
	`limit_amount` integer,
	`carried_in` integer NOT NULL,
	`spent` integer NOT NULL,
	`alert_percents` text,
	PRIMARY KEY(`user_id`, `target`, `month`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `monthly_totals` (
	`user_id` text NOT NULL,
	`target` text NOT NULL,
	`month` integer NOT NULL,
	`amount` integer NOT NULL,
	PRIMARY KEY(`user_id`, `target`, `month`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "monthly_totals_range" CHECK("monthly_totals"."amount" BETWEEN 0 AND 4500000000000000)
) STRICT, WITHOUT ROWID;
