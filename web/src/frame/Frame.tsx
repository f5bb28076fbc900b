import { Link, useRouterState } from '@tanstack/react-router'
import { Boxes, Clock, LayoutDashboard, Menu as MenuIcon, Moon, Network, Search, Server, Settings, Share2, Sun, Tags } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Badge, Button, Toasts } from '@/ui'
import { useAt, useGoTo } from '@/time/at'
import { useFollow, useLive } from '@/api/live'
import { applyTheme, storedTheme } from './theme'
import style from './Frame.module.css'

/** The places of the pages, in the order of the navigation. */
const places = [
  { to: '/', text: 'Start', icon: LayoutDashboard },
  { to: '/things', text: 'Things', icon: Server },
  { to: '/racks', text: 'Racks', icon: Boxes },
  { to: '/addresses', text: 'Addresses', icon: Network },
  { to: '/pools', text: 'Pools', icon: Tags },
  { to: '/topology', text: 'Topology', icon: Share2 },
  { to: '/history', text: 'History', icon: Clock },
  { to: '/admin', text: 'Administration', icon: Settings },
] as const

/** What is around every page: navigation, search, time, and who is signed in. */
export function Frame({ children }: { children: ReactNode }) {
  useFollow(true)
  const [open, setOpen] = useState(false)
  const path = useRouterState({ select: state => state.location.pathname })
  return (
    <div className={style.frame}>
      <a href="#content" className={style.skip}>Skip to the content</a>
      <header className={style.top}>
        <Button look="plain" aria-label="Navigation" aria-expanded={open} className={style.menu!} onPress={() => setOpen(!open)}><MenuIcon /></Button>
        <Link to="/" className={style.brand!}>clusto</Link>
        <Button className={style.search!}><Search /> <span>Find anything</span> <kbd>Ctrl K</kbd></Button>
        <Now />
        <ThemeButton />
      </header>
      <nav className={open ? `${style.nav} ${style.open}` : style.nav} aria-label="Pages">
        {places.map(({ to, text, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            className={style.place!}
            data-here={to === '/' ? path === '/' : path.startsWith(to)}
            onClick={() => setOpen(false)}
          >
            <Icon aria-hidden /> {text}
          </Link>
        ))}
      </nav>
      <main id="content" className={style.main} tabIndex={-1}>{children}</main>
      <Toasts />
    </div>
  )
}

/** Says which version is shown, and whether changes are heard of. */
function Now() {
  const at = useAt()
  const goTo = useGoTo()
  const { connected } = useLive()
  if (at) return <Button look="plain" onPress={() => goTo(undefined)}><Badge tone="past">as of {at}</Badge> back to now</Button>
  return <Badge tone={connected ? 'good' : 'quiet'}>{connected ? 'live' : 'not live'}</Badge>
}

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme)
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  const change = () => {
    const next = dark ? 'light' : 'dark'
    applyTheme(next)
    setTheme(next)
  }
  return <Button look="plain" aria-label={dark ? 'Light theme' : 'Dark theme'} onPress={change}>{dark ? <Sun /> : <Moon />}</Button>
}
