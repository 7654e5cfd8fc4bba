-- Generated, and then edited by hand: expenses are not rebuilt, and the incomes get what they lack.
CREATE TABLE `plan_exceptions` (
	`user_id` text NOT NULL,
	`plan_id` text NOT NULL,
	`due` text NOT NULL,
	`amount` integer,
	`base_amount` integer,
	`date` text,
	`note` text,
	`skipped` integer NOT NULL,
	PRIMARY KEY(`user_id`, `plan_id`, `due`),
	FOREIGN KEY (`user_id`,`plan_id`) REFERENCES `plans`(`user_id`,`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "plan_exceptions_amount_range" CHECK("plan_exceptions"."amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "plan_exceptions_base_amount_range" CHECK("plan_exceptions"."base_amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "plan_exceptions_date_range" CHECK("plan_exceptions"."date" BETWEEN '1970-01-01' AND '2199-12-31')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `plan_exceptions_by_date` ON `plan_exceptions` (`user_id`,`date`) WHERE "plan_exceptions"."date" is not null;
--> statement-breakpoint
CREATE TABLE `plans` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`amount` integer NOT NULL,
	`currency` text NOT NULL,
	`exchange_rate` text,
	`base_amount` integer NOT NULL,
	`base_currency` text NOT NULL,
	`category_id` text,
	`former_category_id` text,
	`merchant` text,
	`source` text,
	`note` text,
	`tags` text NOT NULL,
	`start` text NOT NULL,
	`every` integer,
	`unit` text,
	`month_day` integer,
	`until` text,
	`post` text NOT NULL,
	`previous_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`deleted_at` integer,
	`revision` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`,`base_currency`) REFERENCES `users`(`id`,`currency`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`,`category_id`) REFERENCES `categories`(`user_id`,`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "plans_kind_known" CHECK("plans"."kind" IN ('expense', 'income')),
	CONSTRAINT "plans_unit_known" CHECK("plans"."unit" IN ('day', 'week', 'month', 'year')),
	CONSTRAINT "plans_post_known" CHECK("plans"."post" IN ('confirm', 'auto')),
	CONSTRAINT "plans_amount_range" CHECK("plans"."amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "plans_base_amount_range" CHECK("plans"."base_amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "plans_rate_required" CHECK("plans"."currency" = "plans"."base_currency" OR "plans"."exchange_rate" IS NOT NULL),
	CONSTRAINT "plans_rate_unneeded" CHECK("plans"."currency" <> "plans"."base_currency" OR "plans"."exchange_rate" IS NULL),
	CONSTRAINT "plans_repeat_whole" CHECK(("plans"."every" IS NULL) = ("plans"."unit" IS NULL)),
	CONSTRAINT "plans_every_range" CHECK("plans"."every" BETWEEN 1 AND 99),
	CONSTRAINT "plans_month_day_range" CHECK("plans"."month_day" BETWEEN 29 AND 31),
	CONSTRAINT "plans_month_day_fits" CHECK("plans"."month_day" IS NULL OR (ifnull("plans"."unit", '') IN ('month', 'year')
        AND min(date("plans"."start", 'start of month', '+1 month', '-1 day'), substr("plans"."start", 1, 8) || "plans"."month_day") = "plans"."start")),
	CONSTRAINT "plans_start_range" CHECK("plans"."start" BETWEEN '1970-01-01' AND '2199-12-31'),
	CONSTRAINT "plans_until_range" CHECK("plans"."until" BETWEEN "plans"."start" AND '2199-12-31')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `plans_by_category` ON `plans` (`user_id`,`category_id`);
--> statement-breakpoint
CREATE INDEX `plans_by_revision` ON `plans` (`user_id`,`revision`);
--> statement-breakpoint
CREATE INDEX `plans_deleted` ON `plans` (`deleted_at`) WHERE "plans"."deleted_at" is not null;
--> statement-breakpoint
CREATE INDEX `plans_auto` ON `plans` (`user_id`,`id`) WHERE "plans"."post" = 'auto' AND "plans"."deleted_at" IS NULL;
--> statement-breakpoint
PRAGMA foreign_keys=OFF;
--> statement-breakpoint
CREATE TABLE `__new_incomes` (
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
	`revision` integer DEFAULT 0 NOT NULL,
	`exchange_rate` text,
	`base_amount` integer NOT NULL,
	`base_currency` text NOT NULL,
	`plan_id` text,
	`plan_due` text,
	`source` text,
	`source_folded` text,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`,`base_currency`) REFERENCES `users`(`id`,`currency`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "incomes_amount_range" CHECK("__new_incomes"."amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "incomes_rate_required" CHECK("__new_incomes"."currency" = "__new_incomes"."base_currency" OR "__new_incomes"."exchange_rate" IS NOT NULL),
	CONSTRAINT "incomes_rate_unneeded" CHECK("__new_incomes"."currency" <> "__new_incomes"."base_currency" OR "__new_incomes"."exchange_rate" IS NULL),
	CONSTRAINT "incomes_base_amount_range" CHECK("__new_incomes"."base_amount" BETWEEN 1 AND 1000000000000),
	CONSTRAINT "incomes_plan_whole" CHECK(("__new_incomes"."plan_id" IS NULL) = ("__new_incomes"."plan_due" IS NULL)),
	CONSTRAINT "incomes_date_range" CHECK("__new_incomes"."date" BETWEEN '1970-01-01' AND '2199-12-31')
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Incomes were all in the user's currency.
INSERT INTO `__new_incomes`("user_id", "id", "amount", "currency", "date", "note", "note_folded", "created_at", "updated_at", "deleted_at", "revision", "base_amount", "base_currency", "source", "source_folded") SELECT "user_id", "id", "amount", "currency", "date", "note", "note_folded", "created_at", "updated_at", "deleted_at", "revision", "amount", "currency", "source", "source_folded" FROM `incomes`;
--> statement-breakpoint
DROP TABLE `incomes`;
--> statement-breakpoint
ALTER TABLE `__new_incomes` RENAME TO `incomes`;
--> statement-breakpoint
PRAGMA foreign_keys=ON;
--> statement-breakpoint
CREATE INDEX `incomes_by_date` ON `incomes` (`user_id`,`date`,`id`) WHERE "incomes"."deleted_at" is null;
--> statement-breakpoint
CREATE INDEX `incomes_by_amount` ON `incomes` (`user_id`,`amount`,`id`) WHERE "incomes"."deleted_at" is null;
--> statement-breakpoint
CREATE INDEX `incomes_by_revision` ON `incomes` (`user_id`,`revision`);
--> statement-breakpoint
CREATE INDEX `incomes_deleted` ON `incomes` (`deleted_at`) WHERE "incomes"."deleted_at" is not null;
--> statement-breakpoint
CREATE UNIQUE INDEX `incomes_plan_due_key` ON `incomes` (`user_id`,`plan_id`,`plan_due`) WHERE "incomes"."plan_id" IS NOT NULL AND "incomes"."deleted_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `incomes_by_plan` ON `incomes` (`user_id`,`plan_id`,`plan_due`,`deleted_at`) WHERE "incomes"."plan_id" is not null;
--> statement-breakpoint
-- Not rebuilt: there may be millions of them.
ALTER TABLE `expenses` ADD `plan_id` text;
--> statement-breakpoint
ALTER TABLE `expenses` ADD `plan_due` text CONSTRAINT "expenses_plan_whole" CHECK(("plan_id" IS NULL) = ("plan_due" IS NULL));
--> statement-breakpoint
ALTER TABLE `expenses` ADD `refund` integer DEFAULT false NOT NULL;
--> statement-breakpoint
DROP INDEX `expenses_by_category`;
--> statement-breakpoint
CREATE UNIQUE INDEX `expenses_plan_due_key` ON `expenses` (`user_id`,`plan_id`,`plan_due`) WHERE "expenses"."plan_id" IS NOT NULL AND "expenses"."deleted_at" IS NULL;
--> statement-breakpoint
CREATE INDEX `expenses_by_plan` ON `expenses` (`user_id`,`plan_id`,`plan_due`,`deleted_at`) WHERE "expenses"."plan_id" is not null;
--> statement-breakpoint
CREATE INDEX `expenses_by_category` ON `expenses` (`user_id`,`category_id`,`date`,`id`,`base_amount`,`refund`,`deleted_at`);
