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
CREATE TABLE `rotations` (
	`user_id` text NOT NULL,
	`session_id` text NOT NULL,
	`generation` integer NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `session_id`, `generation`),
	FOREIGN KEY (`user_id`,`session_id`) REFERENCES `sessions`(`user_id`,`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
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
CREATE TABLE `categories` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`name_folded` text NOT NULL,
	`color` text,
	`archived` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `categories_name_key` ON `categories` (`user_id`,`name_folded`);--> statement-breakpoint
CREATE TABLE `changes` (
	`user_id` text NOT NULL,
	`type` text NOT NULL,
	`id` text NOT NULL,
	`revision` integer NOT NULL,
	`deleted` integer NOT NULL,
	PRIMARY KEY(`user_id`, `type`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `changes_by_revision` ON `changes` (`user_id`,`revision`);--> statement-breakpoint
CREATE TABLE `expenses` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`date` text NOT NULL,
	`note` text,
	`note_folded` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	`exchange_rate` text,
	`base_amount` integer NOT NULL,
	`base_currency` text NOT NULL,
	`category_id` text,
	`former_category_id` text,
	`merchant` text,
	`merchant_folded` text,
	`tags` text NOT NULL,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`,`base_currency`) REFERENCES `users`(`id`,`currency`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`,`category_id`) REFERENCES `categories`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "expenses_rate_required" CHECK("expenses"."currency" = "expenses"."base_currency" OR "expenses"."exchange_rate" IS NOT NULL),
	CONSTRAINT "expenses_rate_unneeded" CHECK("expenses"."currency" <> "expenses"."base_currency" OR "expenses"."exchange_rate" IS NULL),
	CONSTRAINT "expenses_base_amount_range" CHECK("expenses"."base_amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "expenses_amount_range" CHECK("expenses"."amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "expenses_date_range" CHECK("expenses"."date" BETWEEN '1970-01-01' AND '2199-12-31')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `expenses_by_date` ON `expenses` (`user_id`,`date`,`id`) WHERE "expenses"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `expenses_by_amount` ON `expenses` (`user_id`,`amount`,`id`) WHERE "expenses"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `expenses_by_category` ON `expenses` (`user_id`,`category_id`,`date`,`id`,`base_amount`,`deleted_at`) WHERE "expenses"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `expenses_of_category` ON `expenses` (`user_id`,`category_id`);--> statement-breakpoint
CREATE INDEX `expenses_by_category_amount` ON `expenses` (`user_id`,`category_id`,`amount`,`id`) WHERE "expenses"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `readiness` (
	`id` integer PRIMARY KEY NOT NULL,
	`checked_at` integer NOT NULL,
	CONSTRAINT "readiness_one_row" CHECK("readiness"."id" = 1)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`user_id` text NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`request_id` text NOT NULL,
	`answer` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `key`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_age` ON `idempotency_keys` (`user_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `incomes` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`date` text NOT NULL,
	`note` text,
	`note_folded` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	`source` text,
	`source_folded` text,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`,`currency`) REFERENCES `users`(`id`,`currency`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "incomes_amount_range" CHECK("incomes"."amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "incomes_date_range" CHECK("incomes"."date" BETWEEN '1970-01-01' AND '2199-12-31')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `incomes_by_date` ON `incomes` (`user_id`,`date`,`id`) WHERE "incomes"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX `incomes_by_amount` ON `incomes` (`user_id`,`amount`,`id`) WHERE "incomes"."deleted_at" is null;--> statement-breakpoint
CREATE TABLE `monthly_totals` (
	`user_id` text NOT NULL,
	`target` text NOT NULL,
	`month` integer NOT NULL,
	`amount` integer NOT NULL,
	PRIMARY KEY(`user_id`, `target`, `month`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "monthly_totals_range" CHECK("monthly_totals"."amount" BETWEEN 0 AND 4500000000000000)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `touched_lines` (
	`user_id` text NOT NULL,
	`target` text NOT NULL,
	`month` integer NOT NULL,
	`moment` text NOT NULL,
	`limit_amount` integer,
	`carried_in` integer NOT NULL,
	`spent` integer NOT NULL,
	`alert_percents` text,
	PRIMARY KEY(`user_id`, `target`, `month`, `moment`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `sessions` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`generation` integer NOT NULL,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`refreshed_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`username` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text NOT NULL,
	`currency` text NOT NULL,
	`time_zone` text NOT NULL,
	`utc_offset` integer NOT NULL,
	`month_start_day` integer NOT NULL,
	`created_at` integer NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	CONSTRAINT "users_month_start_day_range" CHECK("users"."month_start_day" BETWEEN 1 AND 28)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_username_key` ON `users` (lower("username"));--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_key` ON `users` (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX `users_id_currency_key` ON `users` (`id`,`currency`);