import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { Page, Tabs } from '@/ui'
import { DriversTab } from './DriversTab'
import { GroupsTab } from './GroupsTab'
import { LayoutsTab } from './LayoutsTab'
import { MayTab } from './MayTab'
import { PermissionsTab } from './PermissionsTab'
import { ServerTab } from './ServerTab'
import { TokensTab } from './TokensTab'
import { UsersTab } from './UsersTab'
import { adminTabs, tabOf, type AdminTab } from './tabs'

const route = getRouteApi('/admin/')

const titles: Record<AdminTab, string> = {
  server: 'Server', users: 'Users', groups: 'Groups', permissions: 'Permissions', may: 'Who may what',
  tokens: 'Tokens', drivers: 'Drivers', layouts: 'Layouts',
}

const bodies: Record<AdminTab, () => ReactNode> = {
  server: ServerTab, users: UsersTab, groups: GroupsTab, permissions: PermissionsTab, may: MayTab,
  tokens: TokensTab, drivers: DriversTab, layouts: LayoutsTab,
}

/** Who may do what, and what the server is made of. */
export function AdminPage() {
  const { tab = 'server' } = route.useSearch()
  const navigate = useNavigate()
  const Body = bodies[tab]
  return (
    <Page title={`Administration: ${titles[tab].toLowerCase()}`} heading="Administration">
      <Tabs
        label="Parts of the administration"
        tabs={adminTabs.map(id => ({ id, text: titles[id] }))}
        shown={tab}
        onShow={id => void navigate({ to: '/admin', search: { tab: tabOf(id) ?? 'server' } })}
      >
        <Body key={tab} />
      </Tabs>
    </Page>
  )
}

/** Returns what is searched for in a part, which is in the page's address, and what searches for something else. */
export function useSearched(): [string, (words: string) => void] {
  const { tab, q = '' } = route.useSearch()
  const navigate = useNavigate()
  const [words, setWords] = useState(q)
  return [words, text => {
    setWords(text)
    void navigate({ to: '/admin', search: { ...(tab ? { tab } : {}), ...(text ? { q: text } : {}) }, replace: true })
  }]
}

/** Returns the driver, layout or user that the page's address names, and what goes to another. */
export function useShown(): [string | undefined, (name: string | undefined) => void] {
  const { tab, q, show } = route.useSearch()
  const navigate = useNavigate()
  return [show, name => void navigate({ to: '/admin', search: { ...(tab ? { tab } : {}), ...(q ? { q } : {}), ...(name ? { show: name } : {}) } })]
}
