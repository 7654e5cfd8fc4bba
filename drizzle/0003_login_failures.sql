CREATE TABLE `login_failures` (
	`account` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`failures` integer NOT NULL,
	`retry_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `login_failures_by_user` ON `login_failures` (`user_id`);