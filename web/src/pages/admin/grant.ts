/** What a permission may allow, as the form offers it. */
export const verbs = [
  { id: 'read', text: 'Read', help: 'See everything but secrets. Needed only where reading is by permission.' },
  { id: 'write', text: 'Write everything', help: 'Attributes, things, contents and ports.' },
  { id: 'write attr', text: 'Write attributes', help: 'Add, change and remove attributes; * stands for any text.', what: 'Attribute', example: 'dhcp.*' },
  { id: 'write entity', text: 'Create, rename and delete things', help: 'And change their drivers.' },
  { id: 'write contents', text: 'Put things into each other', help: 'And take them out. It is needed for both, the thing and the container.' },
  { id: 'write port', text: 'Cable', help: 'Connect and disconnect ports, and change their attributes.' },
  { id: 'allocate', text: 'Allocate', help: 'Have resource managers hand out addresses, names and numbers, and take them back.' },
  { id: 'act power', text: 'Switch power', help: 'On, off and reboot.' },
  { id: 'act console', text: 'Open consoles', help: 'The serial consoles of servers.' },
  { id: 'act call', text: 'Call methods', help: 'Have the driver of a thing do something.', what: 'Method', example: 'reboot' },
  { id: 'secret attr', text: 'See secrets', help: 'The values of secret attributes.', what: 'Attribute', example: '*' },
  { id: 'script', text: 'Run scripts', help: 'On the server, with these permissions.', everywhere: true },
  { id: 'admin', text: 'Administer', help: 'Everything, accounts included.', everywhere: true },
] as const

export type Verb = (typeof verbs)[number]['id']

/** Where a permission holds. */
export const places = [
  { id: '', text: 'Everywhere' },
  { id: 'in', text: 'In a rack, pool or other container' },
  { id: 'on', text: 'On one thing' },
  { id: 'of type', text: 'For things of a type' },
  { id: 'of driver', text: 'For things with a driver' },
] as const

export type Place = (typeof places)[number]['id']

/** What the form was filled in with. */
export interface GrantForm {
  verb: Verb
  /** The attribute or method, where the verb has one; without it any. */
  what: string
  place: Place
  name: string
}

/** Returns the text of the permission that a form describes. */
export function grantText({ verb, what, place, name }: GrantForm): string {
  const rule = verbs.find(one => one.id === verb)
  const words: string[] = [verb]
  if (rule && 'what' in rule) words[0] += `/${what.trim() || '*'}`
  if (place && !(rule && 'everywhere' in rule)) words.push(place, quoted(name.trim()))
  return words.join(' ')
}

/** Returns a name as permissions have it: in quotes if it would be read as something else. */
function quoted(name: string): string {
  return /[\s"\\]/.test(name) || ['in', 'on', 'of', ''].includes(name) ? JSON.stringify(name) : name
}

/** Returns what is wrong with a form, if anything is. */
export function grantError({ verb, place, name }: GrantForm): string | undefined {
  const rule = verbs.find(one => one.id === verb)
  return place && !(rule && 'everywhere' in rule) && !name.trim() ? 'Say which.' : undefined
}
