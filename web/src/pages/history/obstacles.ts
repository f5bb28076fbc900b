import { Problem } from '@/api/problem'
import type { Schemas } from '@/api/client'

type Obstacle = Schemas['Obstacle']

/** Returns what stands in the way of undoing something, if that is what a problem is. */
export function obstaclesOf(error: unknown): readonly Obstacle[] {
  return error instanceof Problem ? error.body.obstacles ?? [] : []
}

/** Returns what an obstacle is about as people say it: "_contains.ru#31" is what is in unit 31. */
export function plainWhat(what: string): string {
  const unit = /^_contains\.ru#(\d+)$/.exec(what)
  if (unit) return `what is in unit ${unit[1]}`
  if (/^_contains(#\d+)?$/.test(what)) return 'what is in it'
  const port = /^port-(.+)\.connection#(\d+)$/.exec(what)
  return port ? `the cable at ${port[1]} ${port[2]}` : what
}

/** Returns the later versions that obstacles name, each once, the oldest first. */
export function versionsInTheWay(obstacles: readonly Obstacle[]): number[] {
  const found = new Set<number>()
  for (const { why } of obstacles) {
    for (const match of why.matchAll(/\bversion (\d+)/g)) found.add(Number(match[1]))
  }
  return [...found].sort((a, b) => a - b)
}
