ALTER TABLE `plan_exceptions` ADD `note_folded` text;--> statement-breakpoint
ALTER TABLE `plans` ADD `merchant_folded` text;--> statement-breakpoint
ALTER TABLE `plans` ADD `source_folded` text;--> statement-breakpoint
ALTER TABLE `plans` ADD `note_folded` text;--> statement-breakpoint
ALTER TABLE `plans` ADD `posted_until` text;--> statement-breakpoint
ALTER TABLE `plans` ADD `posted_revision` integer;--> statement-breakpoint
-- SQLite knows only the case of ASCII: a plan that has more gets the rest when it is next written.
UPDATE `plans` SET `merchant_folded` = lower(`merchant`), `source_folded` = lower(`source`), `note_folded` = lower(`note`);--> statement-breakpoint
UPDATE `plan_exceptions` SET `note_folded` = lower(`note`);
