import type { Operation } from '@/api/change'
import { contains, formatPrefix, masked, parseAddr, parsePrefix, type Prefix } from './ip'
import type { Manager } from './tree'

/** What the form of a network has in it. */
export interface NetworkForm {
  name: string
  prefix: string
  gateway: string
  policy: string
}

/** What is wrong with a form, by its fields, and what may not be meant. */
export interface Checked {
  prefix?: Prefix
  errors: Partial<Record<keyof NetworkForm, string>>
  warnings: string[]
}

/** Checks the form of a network against those there are. was is the manager that is changed, if one is. */
export function checkNetwork(form: NetworkForm, managers: readonly Manager[], was?: Manager): Checked {
  const checked: Checked = { errors: {}, warnings: [] }
  const { errors, warnings } = checked
  if (!form.name.trim()) errors.name = 'A name is needed.'
  else if (!was && managers.some(manager => manager.name === form.name.trim())) errors.name = 'There is a manager of this name.'
  const prefix = parsePrefix(form.prefix)
  if (!prefix) {
    errors.prefix = 'Write a network such as 10.2.0.0/24 or 2001:db8::/64.'
    return checked
  }
  checked.prefix = prefix
  const written = parseAddr(form.prefix.split('/')[0]!)
  if (written && written.n !== prefix.n) warnings.push(`The network is ${formatPrefix(prefix)}: ${form.prefix.split('/')[0]} is an address in it.`)
  for (const manager of managers) {
    const other = manager.name === was?.name ? undefined : manager.network && parsePrefix(manager.network.prefix)
    if (!other || other.family !== prefix.family) continue
    if (other.n === prefix.n && other.bits === prefix.bits) errors.prefix = `${manager.name} has this network already.`
    else if (contains(prefix, other)) warnings.push(`${manager.name}, ${formatPrefix(other)}, will be inside it: its addresses are handed out by ${manager.name} alone.`)
  }
  const outer = smallestAround(prefix, managers, was)
  if (outer) warnings.push(`It is inside ${outer.network!.prefix}, ${outer.name}, which hands out no addresses of it any more.`)
  if (form.gateway.trim()) {
    const gateway = parseAddr(form.gateway)
    if (!gateway) errors.gateway = 'This is no address.'
    else if (gateway.family !== prefix.family) errors.gateway = `An IPv${prefix.family} address is needed.`
    else if (masked(gateway, prefix.bits).n !== prefix.n) warnings.push(`The gateway is not in ${formatPrefix(prefix)}.`)
  }
  return checked
}

/** Returns the manager of the smallest network that another is inside of. */
export function smallestAround(prefix: Prefix, managers: readonly Manager[], was?: Manager): Manager | undefined {
  let found: { manager: Manager; bits: number } | undefined
  for (const manager of managers) {
    const other = manager.name === was?.name ? undefined : manager.network && parsePrefix(manager.network.prefix)
    if (other && other.bits < prefix.bits && contains(other, prefix) && (!found || other.bits > found.bits)) found = { manager, bits: other.bits }
  }
  return found?.manager
}

/** Returns the operations that make or change a network as a form says. */
export function networkOperations(form: NetworkForm, prefix: Prefix, was?: Manager): Operation[] {
  const [base = '', bits = ''] = formatPrefix(prefix).split('/')
  const gateway = form.gateway.trim()
  const properties: Record<string, string> = { baseip: base, netmask: bits }
  if (gateway) properties.gateway = gateway
  if (form.policy && form.policy !== 'next') properties.policy = form.policy
  if (!was) return [{ create: { name: form.name.trim(), driver: 'ipmanager', properties } }]
  const operations: Operation[] = []
  const same = was.network?.prefix === formatPrefix(prefix)
  const changed = Object.entries(properties).filter(([key, value]) =>
    key === 'gateway' ? value !== was.network?.gateway : key === 'policy' ? value !== was.policy : !same)
  if (changed.length > 0) {
    operations.push({ set_attrs: { entity: was.name, attrs: changed.map(([key, value]) => ({ key, subkey: 'property', value })) } })
  }
  if (!gateway && was.network?.gateway) operations.push({ delete_attrs: { entity: was.name, key: 'gateway', subkey: 'property' } })
  if (!properties.policy && was.policy && was.policy !== 'next') operations.push({ delete_attrs: { entity: was.name, key: 'policy', subkey: 'property' } })
  if (form.name.trim() !== was.name) operations.push({ rename: { entity: was.name, name: form.name.trim() } })
  return operations
}
