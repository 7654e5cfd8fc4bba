-- Written by hand: Drizzle knows no triggers.
--
-- Those that keep monthly_totals, see src/modules/months/table.ts.
-- A date belongs to the calendar month in which its month starts: to the one before it, up to month_start_day.
--
-- Nothing is ever selected from this view. To insert a change into it is to count it.
CREATE VIEW `monthly_changes` (`user_id`, `target`, `date`, `amount`) AS SELECT NULL, NULL, NULL, NULL WHERE FALSE;
--> statement-breakpoint
CREATE TRIGGER `monthly_changes_counted` INSTEAD OF INSERT ON `monthly_changes` BEGIN
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT `id`, NEW.`target`, -1, 0 FROM `users` WHERE `id` = NEW.`user_id`
		UNION ALL
		SELECT `id`, NEW.`target`, substr(NEW.`date`, 1, 4) * 12 + substr(NEW.`date`, 6, 2) - 1
			- (CAST(substr(NEW.`date`, 9) AS INTEGER) < `month_start_day`), 0 FROM `users` WHERE `id` = NEW.`user_id`
		ON CONFLICT DO NOTHING;
	UPDATE `monthly_totals` SET `amount` = `amount` + NEW.`amount`
		WHERE `user_id` = NEW.`user_id` AND `target` = NEW.`target` AND `month` IN (-1, (
			SELECT substr(NEW.`date`, 1, 4) * 12 + substr(NEW.`date`, 6, 2) - 1
				- (CAST(substr(NEW.`date`, 9) AS INTEGER) < `month_start_day`) FROM `users` WHERE `id` = NEW.`user_id`));
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_inserted` AFTER INSERT ON `expenses` WHEN NEW.`deleted_at` IS NULL BEGIN
	INSERT INTO `monthly_changes` VALUES
		(NEW.`user_id`, 'overall', NEW.`date`, NEW.`base_amount`),
		(NEW.`user_id`, coalesce(NEW.`category_id`, 'none'), NEW.`date`, NEW.`base_amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_updated` AFTER UPDATE OF `base_amount`, `date`, `deleted_at` ON `expenses`
WHEN (OLD.`base_amount`, OLD.`date`, OLD.`deleted_at`) IS NOT (NEW.`base_amount`, NEW.`date`, NEW.`deleted_at`) BEGIN
	INSERT INTO `monthly_changes`
		SELECT OLD.`user_id`, 'overall', OLD.`date`, -OLD.`base_amount` WHERE OLD.`deleted_at` IS NULL;
	INSERT INTO `monthly_changes`
		SELECT NEW.`user_id`, 'overall', NEW.`date`, NEW.`base_amount` WHERE NEW.`deleted_at` IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_categorized`
AFTER UPDATE OF `base_amount`, `date`, `category_id`, `deleted_at` ON `expenses`
WHEN (OLD.`base_amount`, OLD.`date`, OLD.`category_id`, OLD.`deleted_at`)
	IS NOT (NEW.`base_amount`, NEW.`date`, NEW.`category_id`, NEW.`deleted_at`) BEGIN
	INSERT INTO `monthly_changes` SELECT OLD.`user_id`, coalesce(OLD.`category_id`, 'none'), OLD.`date`,
		-OLD.`base_amount` WHERE OLD.`deleted_at` IS NULL;
	INSERT INTO `monthly_changes` SELECT NEW.`user_id`, coalesce(NEW.`category_id`, 'none'), NEW.`date`,
		NEW.`base_amount` WHERE NEW.`deleted_at` IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_inserted` AFTER INSERT ON `incomes` WHEN NEW.`deleted_at` IS NULL BEGIN
	INSERT INTO `monthly_changes` VALUES (NEW.`user_id`, 'income', NEW.`date`, NEW.`amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_updated` AFTER UPDATE OF `amount`, `date`, `deleted_at` ON `incomes` BEGIN
	INSERT INTO `monthly_changes`
		SELECT OLD.`user_id`, 'income', OLD.`date`, -OLD.`amount` WHERE OLD.`deleted_at` IS NULL;
	INSERT INTO `monthly_changes`
		SELECT NEW.`user_id`, 'income', NEW.`date`, NEW.`amount` WHERE NEW.`deleted_at` IS NULL;
END;
--> statement-breakpoint
-- Money moves between months: all of it is counted anew.
CREATE TRIGGER `users_month_start_day_updated` AFTER UPDATE OF `month_start_day` ON `users`
WHEN OLD.`month_start_day` <> NEW.`month_start_day` BEGIN
	DELETE FROM `monthly_totals` WHERE `user_id` = NEW.`id`;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, coalesce(`category_id`, 'none'), substr(`date`, 1, 4) * 12 + substr(`date`, 6, 2) - 1
			- (CAST(substr(`date`, 9) AS INTEGER) < NEW.`month_start_day`), sum(`amount`)
		FROM (
			-- By day first: expenses_by_category has them in this order.
			SELECT `category_id`, `date`, sum(`base_amount`) AS `amount` FROM `expenses`
			WHERE `user_id` = NEW.`id` AND `deleted_at` IS NULL GROUP BY `category_id`, `date`
		) GROUP BY 2, 3;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, 'overall', `month`, sum(`amount`)
		FROM `monthly_totals` WHERE `user_id` = NEW.`id` GROUP BY 3;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, 'income', substr(`date`, 1, 4) * 12 + substr(`date`, 6, 2) - 1
			- (CAST(substr(`date`, 9) AS INTEGER) < NEW.`month_start_day`), sum(`amount`)
		FROM `incomes` WHERE `user_id` = NEW.`id` AND `deleted_at` IS NULL GROUP BY 3;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, `target`, -1, sum(`amount`)
		FROM `monthly_totals` WHERE `user_id` = NEW.`id` GROUP BY 2;
END;
--> statement-breakpoint
CREATE TRIGGER `categories_deleted` AFTER DELETE ON `categories` BEGIN
	DELETE FROM `monthly_totals` WHERE `user_id` = OLD.`user_id` AND `target` = OLD.`id`;
	DELETE FROM `alerts` WHERE `user_id` = OLD.`user_id` AND `target` = OLD.`id`;
END;
--> statement-breakpoint
-- Those that assign revisions, see src/modules/changes/table.ts.
--
-- Nothing is ever selected from this view, either. To insert a change into it is to give it the next revision.
CREATE VIEW `new_revisions` (`user_id`, `type`, `id`, `deleted`) AS SELECT NULL, NULL, NULL, NULL WHERE FALSE;
--> statement-breakpoint
CREATE TRIGGER `new_revisions_assigned` INSTEAD OF INSERT ON `new_revisions` BEGIN
	UPDATE `users` SET `revision` = `revision` + 1 WHERE `id` = NEW.`user_id`;
	INSERT INTO `changes` (`user_id`, `type`, `id`, `revision`, `deleted`)
		SELECT `id`, NEW.`type`, NEW.`id`, `revision`, NEW.`deleted` FROM `users` WHERE `id` = NEW.`user_id`
		ON CONFLICT DO UPDATE SET `revision` = excluded.`revision`, `deleted` = excluded.`deleted`;
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_insert_revised` AFTER INSERT ON `expenses` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'expense', NEW.`id`, NEW.`deleted_at` IS NOT NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_update_revised` AFTER UPDATE ON `expenses` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'expense', NEW.`id`, NEW.`deleted_at` IS NOT NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_insert_revised` AFTER INSERT ON `incomes` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'income', NEW.`id`, NEW.`deleted_at` IS NOT NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_update_revised` AFTER UPDATE ON `incomes` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'income', NEW.`id`, NEW.`deleted_at` IS NOT NULL);
END;
--> statement-breakpoint
CREATE TRIGGER `categories_insert_revised` AFTER INSERT ON `categories` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'category', NEW.`id`, FALSE);
END;
--> statement-breakpoint
CREATE TRIGGER `categories_update_revised` AFTER UPDATE ON `categories` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'category', NEW.`id`, FALSE);
END;
--> statement-breakpoint
CREATE TRIGGER `categories_delete_revised` AFTER DELETE ON `categories` BEGIN
	INSERT INTO `new_revisions` VALUES (OLD.`user_id`, 'category', OLD.`id`, TRUE);
END;
--> statement-breakpoint
CREATE TRIGGER `budgets_insert_revised` AFTER INSERT ON `budgets` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'budget', printf('%04d-%02d/%s/%s', NEW.`month` / 12, NEW.`month` % 12 + 1, NEW.`target`, NEW.`scope`), FALSE);
END;
--> statement-breakpoint
CREATE TRIGGER `budgets_update_revised` AFTER UPDATE ON `budgets` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`user_id`, 'budget', printf('%04d-%02d/%s/%s', NEW.`month` / 12, NEW.`month` % 12 + 1, NEW.`target`, NEW.`scope`), FALSE);
END;
--> statement-breakpoint
CREATE TRIGGER `budgets_move_revised` AFTER UPDATE OF `target` ON `budgets` BEGIN
	INSERT INTO `new_revisions` VALUES (OLD.`user_id`, 'budget', printf('%04d-%02d/%s/%s', OLD.`month` / 12, OLD.`month` % 12 + 1, OLD.`target`, OLD.`scope`), TRUE);
END;
--> statement-breakpoint
CREATE TRIGGER `budgets_delete_revised` AFTER DELETE ON `budgets` BEGIN
	INSERT INTO `new_revisions` VALUES (OLD.`user_id`, 'budget', printf('%04d-%02d/%s/%s', OLD.`month` / 12, OLD.`month` % 12 + 1, OLD.`target`, OLD.`scope`), TRUE);
END;
--> statement-breakpoint
CREATE TRIGGER `users_insert_revised` AFTER INSERT ON `users` BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`id`, 'user', NEW.`id`, FALSE);
END;
--> statement-breakpoint
CREATE TRIGGER `users_update_revised` AFTER UPDATE OF `username`, `email`, `currency`, `time_zone`, `month_start_day` ON `users`
WHEN (OLD.`username`, OLD.`email`, OLD.`currency`, OLD.`time_zone`, OLD.`month_start_day`)
	IS NOT (NEW.`username`, NEW.`email`, NEW.`currency`, NEW.`time_zone`, NEW.`month_start_day`) BEGIN
	INSERT INTO `new_revisions` VALUES (NEW.`id`, 'user', NEW.`id`, FALSE);
END;
