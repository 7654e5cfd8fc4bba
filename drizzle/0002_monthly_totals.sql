-- Written by hand: Drizzle knows no triggers. They keep monthly_totals, see src/modules/months/table.ts.
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
CREATE TRIGGER `expenses_inserted` AFTER INSERT ON `expenses` BEGIN
	INSERT INTO `monthly_changes` VALUES
		(NEW.`user_id`, 'overall', NEW.`date`, NEW.`base_amount`),
		(NEW.`user_id`, coalesce(NEW.`category_id`, 'none'), NEW.`date`, NEW.`base_amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_updated` AFTER UPDATE OF `base_amount`, `date`, `category_id` ON `expenses` BEGIN
	INSERT INTO `monthly_changes` VALUES
		(OLD.`user_id`, 'overall', OLD.`date`, -OLD.`base_amount`),
		(OLD.`user_id`, coalesce(OLD.`category_id`, 'none'), OLD.`date`, -OLD.`base_amount`),
		(NEW.`user_id`, 'overall', NEW.`date`, NEW.`base_amount`),
		(NEW.`user_id`, coalesce(NEW.`category_id`, 'none'), NEW.`date`, NEW.`base_amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `expenses_deleted` AFTER DELETE ON `expenses` BEGIN
	INSERT INTO `monthly_changes` VALUES
		(OLD.`user_id`, 'overall', OLD.`date`, -OLD.`base_amount`),
		(OLD.`user_id`, coalesce(OLD.`category_id`, 'none'), OLD.`date`, -OLD.`base_amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_inserted` AFTER INSERT ON `incomes` BEGIN
	INSERT INTO `monthly_changes` VALUES (NEW.`user_id`, 'income', NEW.`date`, NEW.`amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_updated` AFTER UPDATE OF `amount`, `date` ON `incomes` BEGIN
	INSERT INTO `monthly_changes` VALUES
		(OLD.`user_id`, 'income', OLD.`date`, -OLD.`amount`),
		(NEW.`user_id`, 'income', NEW.`date`, NEW.`amount`);
END;
--> statement-breakpoint
CREATE TRIGGER `incomes_deleted` AFTER DELETE ON `incomes` BEGIN
	INSERT INTO `monthly_changes` VALUES (OLD.`user_id`, 'income', OLD.`date`, -OLD.`amount`);
END;
--> statement-breakpoint
-- Money moves between months: all of it is counted anew.
CREATE TRIGGER `users_month_start_day_updated` AFTER UPDATE OF `month_start_day` ON `users` BEGIN
	DELETE FROM `monthly_totals` WHERE `user_id` = NEW.`id`;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, coalesce(`category_id`, 'none'), substr(`date`, 1, 4) * 12 + substr(`date`, 6, 2) - 1
			- (CAST(substr(`date`, 9) AS INTEGER) < NEW.`month_start_day`), sum(`base_amount`)
		FROM `expenses` WHERE `user_id` = NEW.`id` GROUP BY 2, 3;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, 'overall', `month`, sum(`amount`)
		FROM `monthly_totals` WHERE `user_id` = NEW.`id` GROUP BY 3;
	INSERT INTO `monthly_totals` (`user_id`, `target`, `month`, `amount`)
		SELECT NEW.`id`, 'income', substr(`date`, 1, 4) * 12 + substr(`date`, 6, 2) - 1
			- (CAST(substr(`date`, 9) AS INTEGER) < NEW.`month_start_day`), sum(`amount`)
		FROM `incomes` WHERE `user_id` = NEW.`id` GROUP BY 3;
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
-- What was recorded before there were totals.
UPDATE `users` SET `month_start_day` = `month_start_day`;
