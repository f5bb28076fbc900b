import type { Place } from '@/frame/places'
import type { Hit } from './useFound'
import type { Recent } from './recent'
import { fit, offers, type Reading, type ThingVerb, type Wish } from './words'

/** What choosing an entry does. */
export type Deed =
  | { kind: 'go'; to: string; at?: string | null | undefined }
  | { kind: 'type'; text: string }
  | { kind: 'wish'; wish: Wish }
  | { kind: 'thing'; verb: ThingVerb; name: string; to?: string }

/** A line of the palette. */
export interface Entry {
  id: string
  text: string
  /** A part of the text that is a name, for its direction. */
  name?: string
  /** Said behind, in quiet letters. */
  note?: string
  type?: string
  danger?: boolean
  deed: Deed
}

export interface Group {
  id: string
  title: string
  entries: Entry[]
}

const verbTexts: Record<ThingVerb, string> = {
  show: 'Show', 'power on': 'Power on', 'power off': 'Power off', 'power cycle': 'Power cycle', rename: 'Rename', delete: 'Delete',
  undelete: 'Bring back', 'explain dhcp': 'Explain DHCP of', trace: 'Show the cables of', history: 'Show the history of', compare: 'Compare versions of',
}

/** Verbs that change something, which neither the past nor those who may only look are offered. */
const changing: ThingVerb[] = ['power on', 'power off', 'power cycle', 'rename', 'delete', 'undelete']

const mostActions = 4

/** Returns the page of a thing, or a part of it. */
export function thingPath(name: string, tab?: string): string {
  return `/things/${encodeURIComponent(name)}${tab ? `?tab=${tab}` : ''}`
}

function foundBy(hit: Hit): string {
  if (hit.near) return `${hit.type}, nearly so`
  if (hit.matched === 'name') return hit.type
  return `${hit.type} · ${hit.matched} ${hit.value ?? ''}`
}

function thingEntry(prefix: string, hit: Hit): Entry {
  return { id: `${prefix} ${hit.name}`, text: hit.name, name: hit.name, note: foundBy(hit), type: hit.type, deed: { kind: 'go', to: thingPath(hit.name) } }
}

/** Returns the lines for what was typed and found, in groups. */
export function entriesFor(o: { text: string; reading: Reading; hits: readonly Hit[]; recent: readonly Recent[]; places: readonly Place[]; mayChange: boolean }): Group[] {
  const typed = o.text.trim()
  const groups: Group[] = []
  const add = (id: string, title: string, entries: Entry[]) => entries.length > 0 && groups.push({ id, title, entries })
  if (typed === '') {
    add('recent', 'Looked at before', o.recent.map(thing => ({ id: `recent ${thing.name}`, text: thing.name, name: thing.name, ...(thing.type ? { note: thing.type, type: thing.type } : {}), deed: { kind: 'go', to: thingPath(thing.name) } })))
    add('pages', 'Pages', o.places.map(placeEntry))
    return groups
  }
  const things = o.hits.filter(hit => hit.type !== 'resourcemanager').map(hit => thingEntry('thing', hit))
  const managers = o.hits.filter(hit => hit.type === 'resourcemanager').map(hit => thingEntry('manager', hit))
  const actions = o.reading.wishes.flatMap(wish => wishEntries(wish, o.hits, o.mayChange))
  const pages = o.places
    .map(place => ({ place, fits: Math.max(fit(place.text, o.reading.term || typed) * 2, fit(place.words, o.reading.term || typed)) }))
    .filter(({ fits }) => fits >= 2)
    .toSorted((a, b) => b.fits - a.fits)
    .map(({ place }) => placeEntry(place))
  add('actions', 'Actions', actions)
  add('things', 'Things', things)
  add('managers', 'Networks and managers', managers)
  add('pages', 'Pages', pages)
  add('offers', 'Actions', actions.length === 0 ? offersFor(typed) : [])
  return groups
}

function placeEntry(place: Place): Entry {
  return { id: `page ${place.to}`, text: place.text, note: `g ${place.key}`, deed: { kind: 'go', to: place.to } }
}

// Who begins to type a verb is offered it whole.
function offersFor(typed: string): Entry[] {
  if (typed.length < 2) return []
  return offers
    .filter(offer => offer.text.startsWith(typed.toLowerCase()))
    .map(offer => ({ id: `offer ${offer.verb}`, text: `${offer.text} …`, note: 'then a name', deed: { kind: 'type', text: `${offer.text} ` } }))
}

function wishEntries(wish: Wish, hits: readonly Hit[], mayChange: boolean): Entry[] {
  switch (wish.kind) {
    case 'thing':
      return !mayChange && changing.includes(wish.verb) ? [] : aboutThings(wish, hits)
    case 'revert last':
      return !mayChange ? [] : [{ id: 'revert', text: 'Revert the last change', note: 'shows first what it would do', deed: { kind: 'wish', wish } }]
    case 'time':
      return [{ id: 'time', text: wish.at === undefined ? 'Look at now' : `Look at this page as of ${wish.when}`, deed: { kind: 'wish', wish } }]
    case 'theme':
      return [{ id: `theme ${wish.theme}`, text: `Theme: ${wish.theme}`, deed: { kind: 'wish', wish } }]
    case 'query':
      return [{ id: 'query', text: 'List what the query finds', name: wish.query, deed: { kind: 'go', to: `/things?q=${encodeURIComponent(wish.query)}` } }]
    case 'compare times':
      return [{ id: 'compare', text: 'Compare two versions', deed: { kind: 'go', to: '/history/compare' } }]
    case 'keys':
      return [{ id: 'keys', text: 'Show the keys', deed: { kind: 'wish', wish } }]
    case 'sign out':
      return [{ id: 'sign out', text: 'Sign out', deed: { kind: 'wish', wish } }]
  }
}

function aboutThings(wish: Extract<Wish, { kind: 'thing' }>, hits: readonly Hit[]): Entry[] {
  // What is deleted cannot be found; its name has to be right.
  const names = wish.verb === 'undelete' ? [{ name: wish.thing, type: '' }] : hits.slice(0, mostActions)
  return names.map(({ name, type }) => {
    const entry: Entry = { id: `${wish.verb} ${name}`, text: verbTexts[wish.verb], name, deed: deedOf(wish, name) }
    if (type) entry.note = type
    if (wish.to) entry.note = `to ${wish.to}`
    if (wish.when) entry.note = `as of ${wish.when}`
    if (wish.verb === 'delete') entry.danger = true
    return entry
  })
}

function deedOf(wish: Extract<Wish, { kind: 'thing' }>, name: string): Deed {
  switch (wish.verb) {
    case 'show':
      return { kind: 'go', to: thingPath(name), ...(wish.when === undefined ? {} : { at: wish.at ?? null }) }
    case 'explain dhcp':
      return { kind: 'go', to: thingPath(name, 'dhcp') }
    case 'trace':
      return { kind: 'go', to: thingPath(name, 'ports') }
    case 'history':
    case 'compare':
      return { kind: 'go', to: thingPath(name, 'history') }
    default:
      return { kind: 'thing', verb: wish.verb, name, ...(wish.to ? { to: wish.to } : {}) }
  }
}
