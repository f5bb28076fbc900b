import { useReadNow } from '@/api/read'
import type { There } from './steps'

/** The entity that names servers unless the configuration says otherwise. */
export const serverNames = 'servernames'

const few = 200

/** Returns what is there of what the guide makes, by which it knows where to go on. */
export function useThere() {
  const datacenters = useReadNow('/entities', { query: { type: ['datacenter'], limit: few, sort: 'name' } })
  const managers = useReadNow('/managers', {})
  const racks = useReadNow('/entities', { query: { type: ['rack'], limit: few, sort: 'name' } })
  const ready = useReadNow('/entities', { query: { query: 'type = networkswitch and attr ip exists and attr snmp.discovery = 1', merge_attrs: true, limit: 1 } })
  const dhcp = useReadNow('/entities', { query: { query: 'attr dhcp.enabled = 1', limit: 1 } })
  const all = [datacenters, managers, racks, ready, dhcp]
  const networks = managers.data?.managers.filter(manager => manager.network) ?? []
  const there: There = {
    datacenters: datacenters.data?.entities.length ?? 0,
    networks: networks.length,
    names: managers.data?.managers.some(manager => manager.name === serverNames) ?? false,
    racks: racks.data?.entities.length ?? 0,
    switches: ready.data?.entities.length ?? 0,
    dhcp: (dhcp.data?.entities.length ?? 0) > 0,
  }
  return {
    there,
    isPending: all.some(answer => answer.isPending),
    error: all.find(answer => answer.isError)?.error,
    datacenters: datacenters.data?.entities.map(e => e.name) ?? [],
    racks: racks.data?.entities.map(e => e.name) ?? [],
    managers: managers.data?.managers ?? [],
    networks,
  }
}

export type Known = ReturnType<typeof useThere>
