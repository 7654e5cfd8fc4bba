CREATE TABLE `imports` (
	`user_id` text NOT NULL,
	`id` text NOT NULL,
	`created_at` integer NOT NULL,
	`revision` integer DEFAULT 0 NOT NULL,
	`counts` text NOT NULL,
	`taken_back` integer,
	`staged` text,
	PRIMARY KEY(`user_id`, `id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `imports_taken_back` ON `imports` (`user_id`,`taken_back`) WHERE "imports"."taken_back" IS NOT NULL;
--> statement-breakpoint
ALTER TABLE `expenses` ADD `import_id` text;
--> statement-breakpoint
ALTER TABLE `incomes` ADD `import_id` text;
