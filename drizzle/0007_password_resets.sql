CREATE TABLE `password_resets` (
	`account` text PRIMARY KEY NOT NULL,
	`user_id` text,
	`email` text,
	`hash` text NOT NULL,
	`expires_at` integer NOT NULL,
	`requests` integer NOT NULL,
	`since` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `password_resets_by_user` ON `password_resets` (`user_id`);