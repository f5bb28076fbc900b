import type { Schemas } from '@/api/client'

export type Timeline = Schemas['Timeline']
export type Bucket = Timeline['buckets'][number]

/** The stretches of time that the slider can show, with what the API is asked for. */
export const stretches = [
  { id: 'all', text: 'All', since: undefined },
  { id: 'month', text: '30 days', since: '30 days ago' },
  { id: 'week', text: '7 days', since: '7 days ago' },
  { id: 'day', text: '24 hours', since: '24 hours ago' },
  { id: 'hour', text: '1 hour', since: '1 hour ago' },
] as const

export type Stretch = (typeof stretches)[number]['id']

/** Returns where on the slider a version is: the part whose end shows it first. The place behind the last part is now. */
export function placeOf(buckets: readonly Bucket[], version: number | undefined): number {
  if (version === undefined) return buckets.length
  const at = buckets.findIndex(bucket => bucket.last >= version)
  return at < 0 ? buckets.length - 1 : at
}

/** Returns the version that a place of the slider shows: undefined is now, null that there was none yet. */
export function versionOf(buckets: readonly Bucket[], place: number): number | undefined | null {
  if (place >= buckets.length) return undefined
  const last = buckets[Math.max(0, place)]!.last
  return last > 0 ? last : null
}

/** Returns how high the bar of a part is, from 0 to 1. A few changes are seen beside many. */
export function heightOf(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(0.08, Math.log1p(count) / Math.log1p(most))
}
