import { Boxes, Clock, LayoutDashboard, Network, Server, Settings, Share2, Tags, type LucideIcon } from 'lucide-react'

export interface Place {
  to: '/' | '/things' | '/racks' | '/addresses' | '/pools' | '/topology' | '/history' | '/admin'
  text: string
  icon: LucideIcon
  /** Pressed after g it goes there. */
  key: string
  /** What else the place may be called when it is looked for. */
  words: string
}

/** The places of the pages, in the order of the navigation. */
export const places: Place[] = [
  { to: '/', text: 'Start', icon: LayoutDashboard, key: 's', words: 'home overview dashboard' },
  { to: '/things', text: 'Things', icon: Server, key: 't', words: 'list servers query entities' },
  { to: '/racks', text: 'Racks', icon: Boxes, key: 'r', words: 'elevation datacenters rows units' },
  { to: '/addresses', text: 'Addresses', icon: Network, key: 'a', words: 'networks ip managers subnets free' },
  { to: '/pools', text: 'Pools', icon: Tags, key: 'p', words: 'members groups overlaps' },
  { to: '/topology', text: 'Topology', icon: Share2, key: 'o', words: 'graph cables neighbours connections' },
  { to: '/history', text: 'History', icon: Clock, key: 'h', words: 'versions log changes compare revert' },
  { to: '/admin', text: 'Administration', icon: Settings, key: 'd', words: 'users tokens permissions drivers layouts daemons' },
]
