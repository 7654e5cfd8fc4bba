/** The value below which `part` (0 to 1) of the figures are; NaN of none. */
export const percentile = (figures: number[], part: number): number => {
  const sorted = figures.toSorted((a, b) => a - b)
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Number.NaN
}

export const median = (figures: number[]): number => percentile(figures, 0.5)

export type Measured = { median: number; least: number; most: number }

/** A figure that was measured several times, with its spread. */
export const measured = (figures: number[]): Measured => ({
  median: median(figures),
  least: Math.min(...figures),
  most: Math.max(...figures),
})
