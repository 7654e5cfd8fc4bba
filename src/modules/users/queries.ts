import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { statements } from '../../db/statements.ts'
import type { Actor } from '../../http/context.ts'
import { utcOffset } from '../../shared/calendar.ts'
import { now } from '../../shared/clock.ts'
import { newId } from '../../shared/ids.ts'
import { revisionOf } from '../changes/revision.ts'
import { type UserRow, users } from './table.ts'

type Owner = Pick<Actor, 'userId'>

/** A time zone and how far it is ahead of UTC now. */
const zone = (timeZone: string) => ({ timeZone, utcOffset: utcOffset(timeZone, now()) })

/** The row of a user who registers now. */
export const newUser = (user: Omit<UserRow, 'id' | 'utcOffset' | 'createdAt' | 'revision'>): UserRow => ({
  ...user,
  ...zone(user.timeZone),
  id: newId(),
  createdAt: now(),
  revision: 0,
})

export const insertUser = (user: UserRow) => statements.insert(users).values(user)

export const userOf = ({ userId }: Owner) => statements.select().from(users).where(eq(users.id, userId))

/** The revision of the actor's settings, for their preconditions and their ETag. */
export const settingsRevision = (actor: Owner) => revisionOf(actor, 'user', sql`${actor.userId}`)

export const userWithRevision = (actor: Owner) =>
  statements
    .select({ ...getTableColumns(users), settingsRevision: settingsRevision(actor) })
    .from(users)
    .where(eq(users.id, actor.userId))

/** The user whose username or e-mail address is `login`, whatever the case: no username has an `@`. */
export const userByLogin = (login: string) => {
  const column = login.includes('@') ? users.email : users.username
  return statements
    .select()
    .from(users)
    .where(eq(sql`lower(${column})`, login.toLowerCase()))
}

export const updateUser = ({ userId }: Owner, { timeZone, ...patch }: Partial<UserRow>) =>
  statements
    .update(users)
    // Names a column even where the patch names none, since Drizzle makes no statement without.
    .set({ ...patch, ...(timeZone && zone(timeZone)), createdAt: sql`${users.createdAt}` })
    .where(eq(users.id, userId))

export const updatePasswordHash = ({ id }: UserRow, passwordHash: string) =>
  statements.update(users).set({ passwordHash }).where(eq(users.id, id))

/** A setting of the actor, for use inside another statement. */
const settingOf = <T>({ userId }: Owner, value: SQL<T>) => sql<T>`(SELECT ${value} FROM users WHERE id = ${userId})`

export const currencyOf = (actor: Actor) => settingOf(actor, sql<string>`currency`)

/**
 * The calendar day on which the actor is now, for use inside another statement. `Intl` knows the offset of the zone
 * that the access token names; where the user has changed the zone since, at most ten minutes ago, the row holds the
 * offset of the new one. So no round trip is spent to ask for the zone first.
 */
export const todayOf = (actor: Actor) => {
  const at = now()
  const offset = sql`CASE time_zone WHEN ${actor.timeZone} THEN ${utcOffset(actor.timeZone, at)} ELSE utc_offset END`
  return settingOf(actor, sql<string>`date(${Math.floor(at / 1000)} + 60 * ${offset}, 'unixepoch')`)
}

/** The first day of the actor's month `YYYY-MM`, moved by `months`, for use inside another statement. */
export const firstDayOf = (actor: Actor, month: string, months = 0) => {
  const [byMonths, byDays] = [`${months} months`, sql`(month_start_day - 1) || ' days'`]
  return settingOf(actor, sql<string>`date(${`${month}-01`}, ${byMonths}, ${byDays})`)
}

/** The MonthNumber of the actor's month in which the day `date` is, for use inside another statement. */
export const monthOf = (actor: Actor, date: SQL) =>
  // As the triggers in drizzle/0001_triggers.sql say it.
  settingOf(
    actor,
    sql<number>`substr(${date}, 1, 4) * 12 + substr(${date}, 6, 2) - 1
      - (CAST(substr(${date}, 9) AS INTEGER) < month_start_day)`,
  )
