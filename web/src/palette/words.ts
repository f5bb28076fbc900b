import { parseTime } from '@/time/parse'

/** What can be asked for by words about a thing. */
export type ThingVerb = 'show' | 'power on' | 'power off' | 'power cycle' | 'rename' | 'delete' | 'undelete' | 'explain dhcp' | 'trace' | 'history' | 'compare'

/** What somebody wants to be done, read from words; the thing is as it was typed, and is to be looked for. */
export type Wish =
  | { kind: 'thing'; verb: ThingVerb; thing: string; to?: string; at?: string | undefined; when?: string }
  | { kind: 'time'; at: string | undefined; when: string }
  | { kind: 'theme'; theme: 'light' | 'dark' | 'system' }
  | { kind: 'revert last' }
  | { kind: 'compare times' }
  | { kind: 'keys' }
  | { kind: 'sign out' }
  | { kind: 'query'; query: string }

/** What is to be looked for, and what is to be done. */
export interface Reading {
  /** The words that a thing is looked for by. */
  term: string
  wishes: Wish[]
}

const verbs: [RegExp, ThingVerb][] = [
  [/^(?:power[ -]?cycle|reboot|restart|reset)$/, 'power cycle'],
  [/^(?:power[ -]?on|switch[ -]on|turn[ -]on)$/, 'power on'],
  [/^(?:power[ -]?off|switch[ -]off|turn[ -]off)$/, 'power off'],
  [/^(?:rename)$/, 'rename'],
  [/^(?:delete|remove|rm)$/, 'delete'],
  [/^(?:undelete|bring back|restore)$/, 'undelete'],
  [/^(?:explain dhcp|dhcp explain|dhcp|why no dhcp)$/, 'explain dhcp'],
  [/^(?:trace|cables?|connections?|what is connected to)$/, 'trace'],
  [/^(?:history|blame|log)$/, 'history'],
  [/^(?:compare|diff)$/, 'compare'],
  [/^(?:show|open|info|go to|find)$/, 'show'],
]

// The most words that a verb has.
const longestVerb = 4

/** The verbs, as they are offered to who begins to type one. */
export const offers: { verb: ThingVerb; text: string }[] = [
  { verb: 'power cycle', text: 'power cycle' },
  { verb: 'power on', text: 'power on' },
  { verb: 'power off', text: 'power off' },
  { verb: 'rename', text: 'rename' },
  { verb: 'delete', text: 'delete' },
  { verb: 'undelete', text: 'undelete' },
  { verb: 'explain dhcp', text: 'explain dhcp' },
  { verb: 'trace', text: 'trace' },
  { verb: 'history', text: 'history' },
]

/** Returns what somebody may want who has typed a text. */
export function readWords(text: string, now = new Date()): Reading {
  const words = text.trim().replace(/\s+/g, ' ')
  const small = words.toLowerCase()
  const whole = wishOfAll(small, now)
  if (looksLikeQuery(words)) return { term: '', wishes: [...whole, { kind: 'query', query: words }] }
  const about = wishAbout(words, now)
  if (about) return { term: about.thing, wishes: [about, ...whole] }
  return { term: words, wishes: whole }
}

function wishOfAll(words: string, now: Date): Wish[] {
  const wishes: Wish[] = []
  const theme = /^(?:theme )?(light|dark|system)(?: (?:theme|mode))?$/.exec(words)
  if (theme) wishes.push({ kind: 'theme', theme: theme[1] as 'light' | 'dark' | 'system' })
  else if (words === 'theme') for (const theme of ['light', 'dark', 'system'] as const) wishes.push({ kind: 'theme', theme })
  if (/^(?:undo|revert)(?: (?:the )?last)?(?: change)?$/.test(words)) wishes.push({ kind: 'revert last' })
  if (/^(?:compare|diff)$/.test(words)) wishes.push({ kind: 'compare times' })
  if (/^(?:keys|shortcuts|keyboard|help)$/.test(words)) wishes.push({ kind: 'keys' })
  if (/^(?:sign|log) ?out$/.test(words)) wishes.push({ kind: 'sign out' })
  const time = /^(?:(?:as of|at|go to|look at|show) )?(.+)$/.exec(words)?.[1] ?? ''
  const at = parseTime(time, now)
  // A bare number is more often a part of a name than a version.
  if (at !== null && (time !== words || !/^\d+$/.test(words))) wishes.push({ kind: 'time', at, when: time })
  return wishes
}

/** Returns what is wanted of a thing, if the words begin so. */
function wishAbout(words: string, now: Date): Extract<Wish, { kind: 'thing' }> | undefined {
  const split = words.split(' ')
  for (let n = Math.min(longestVerb, split.length - 1); n > 0; n--) {
    const head = split.slice(0, n).join(' ').toLowerCase()
    const verb = verbs.find(([form]) => form.test(head))?.[1]
    if (verb) return withDetails(verb, split.slice(n).join(' '), now)
  }
  // The verb may stand behind: "sv3-001-s3 power cycle".
  for (let n = Math.min(longestVerb, split.length - 1); n > 0; n--) {
    const tail = split.slice(-n).join(' ').toLowerCase()
    const verb = verbs.find(([form]) => form.test(tail))?.[1]
    if (verb) return { kind: 'thing', verb, thing: split.slice(0, -n).join(' ') }
  }
  const seen = splitTime(words, now)
  return seen ? { kind: 'thing', verb: 'show', ...seen } : undefined
}

function withDetails(verb: ThingVerb, rest: string, now: Date): Extract<Wish, { kind: 'thing' }> {
  if (verb === 'rename') {
    const parts = /^(.+?) (?:to|as|into) (.+)$/.exec(rest)
    if (parts) return { kind: 'thing', verb, thing: parts[1]!, to: parts[2]! }
  }
  if (verb === 'show') return { kind: 'thing', verb, ...(splitTime(rest, now) ?? { thing: rest }) }
  return { kind: 'thing', verb, thing: rest }
}

// "X at yesterday": the thing, and the time as the API has it.
function splitTime(words: string, now: Date): { thing: string; at: string | undefined; when: string } | undefined {
  const parts = /^(.+?) (?:at|as of) (.+)$/i.exec(words)
  if (!parts) return undefined
  const at = parseTime(parts[2]!, now)
  return at === null ? undefined : { thing: parts[1]!, at, when: parts[2]! }
}

/** Returns whether a text is a query rather than words: it compares something. */
export function looksLikeQuery(text: string): boolean {
  return /(^|\s)(type|driver|name|pool|rack|datacenter|parent|attr \S+|ip|mac|port \S+)\s*(=|!=|~|<|>|>=|<=)(\s|$)/i.test(text) || /^(not|attr|has)\s+\S+.*(=|~|<|>)/i.test(text)
}

/** Returns how well a text fits to words that were typed: 0 not at all, and more the better. */
export function fit(text: string, typed: string): number {
  const whole = text.toLowerCase()
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return 1
  let sum = 0
  for (const word of words) {
    const at = whole.indexOf(word)
    if (at < 0) return 0
    sum += at === 0 ? 3 : whole[at - 1] === ' ' ? 2 : 1
  }
  return sum / words.length
}
