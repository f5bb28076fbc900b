import { Link, useNavigate, useRouter, useRouterState } from '@tanstack/react-router'
import { Menu as MenuIcon, Search } from 'lucide-react'
import { lazy, useEffect, useRef, useState, type ReactNode } from 'react'
import { reconnect, useFollow, useLive } from '@/api/live'
import { useLooksOnly } from '@/api/may'
import { useSignOut } from '@/api/session'
import type { Deed } from '@/palette/entries'
import { Palette } from '@/palette/Palette'
import { forgetThings, rememberThing } from '@/palette/recent'
import type { Chosen } from '@/palette/ThingDialogs'
import { useAt, useGoTo } from '@/time/at'
import { useStep, versionAt } from '@/time/shown'
import { PastStrip, TimeChip } from '@/time/TimeBar'
import { Button, Toasts, toast } from '@/ui'
import { Later } from '@/ui/Later'
import { useKeys } from './keys'
import { Navigation } from './Navigation'
import { applyTheme, storedTheme, type Theme } from './theme'
import { UserMenu } from './UserMenu'
import style from './Frame.module.css'

/** How long the page has for itself before the rest is loaded, in ms. */
const idleAfter = 1500

const parts = {
  dialogs: () => import('@/palette/ThingDialogs'),
  time: () => import('@/time/TimePanel'),
  keys: () => import('./KeysDialog'),
}
const ChosenDialog = lazy(() => parts.dialogs().then(part => ({ default: part.ChosenDialog })))
const TimePanel = lazy(() => parts.time().then(part => ({ default: part.TimePanel })))
const KeysDialog = lazy(() => parts.keys().then(part => ({ default: part.KeysDialog })))

/** Loads what is not seen at first as soon as the page itself has nothing more to do. */
function useLoadLater(): void {
  useEffect(() => {
    const load = () => Object.values(parts).forEach(part => void part().catch(() => undefined)) // who wants it loads it again
    const timer = setTimeout(load, idleAfter)
    return () => clearTimeout(timer)
  }, [])
}

/** What is around every page: navigation, search, time, and who is signed in. */
export function Frame({ children }: { children: ReactNode }) {
  useFollow(true)
  const navigate = useNavigate()
  const goTo = useGoTo()
  const step = useStep()
  const router = useRouter()
  const signOut = useSignOut()
  const [open, setOpen] = useState<'drawer' | 'palette' | 'keys'>()
  const [time, setTime] = useState(false)
  const [chosen, setChosen] = useState<Chosen>()
  const [theme, setTheme] = useState(storedTheme)
  const close = () => setOpen(undefined)
  const show = (theme: Theme) => {
    applyTheme(theme)
    setTheme(theme)
  }
  const leave = () => signOut.mutate(undefined, {
    onSuccess: () => {
      forgetThings()
      void router.navigate({ to: '/sign-in', search: {} })
    },
    onError: error => toast(error.message),
  })
  const look = (at: string | undefined) => {
    if (at === undefined) return goTo(undefined)
    versionAt(at).then(version => goTo(version && String(version.version)), (error: Error) => toast(error.message))
  }
  const act = (deed: Deed) => {
    if (deed.kind === 'thing') return setChosen(deed)
    if (deed.kind !== 'wish') return
    const { wish } = deed
    if (wish.kind === 'theme') show(wish.theme)
    else if (wish.kind === 'time') look(wish.at)
    else if (wish.kind === 'revert last') setChosen({ verb: 'revert last' })
    else if (wish.kind === 'keys') setOpen('keys')
    else if (wish.kind === 'sign out') leave()
  }
  useKeys({ find: () => setOpen('palette'), help: () => setOpen('keys'), go: to => void navigate({ to, search: {} }), step: to => void step(to) })
  useAfterNavigation()
  useLoadLater()
  return (
    <div className={style.frame}>
      <a href="#content" className={style.skip}>Skip to the content</a>
      <header className={style.top}>
        <Button look="plain" aria-label="Navigation" aria-expanded={open === 'drawer'} className={style.menu!} onPress={() => setOpen('drawer')}><MenuIcon /></Button>
        <Link to="/" className={style.brand!}>clusto</Link>
        <Button className={style.search!} aria-label="Find anything Ctrl K" aria-keyshortcuts="Control+K" onPress={() => setOpen('palette')}><Search /> <span>Find anything</span> <kbd>Ctrl K</kbd></Button>
        <TimeChip open={time} onPress={() => setTime(!time)} />
        <UserMenu theme={theme} onTheme={show} onKeys={() => setOpen('keys')} onSignOut={leave} />
      </header>
      <div className={style.notes}>
        <PastStrip />
        <LookingOnly />
        <Later wanted={time}>{time && <TimePanel onClose={() => setTime(false)} />}</Later>
        <Unheard />
      </div>
      <Navigation open={open === 'drawer'} onClose={close} />
      <main id="content" className={style.main} tabIndex={-1}>{children}</main>
      <Palette open={open === 'palette'} onClose={close} onDeed={act} />
      <Later wanted={open === 'keys'}><KeysDialog open={open === 'keys'} onClose={close} /></Later>
      <Later wanted={chosen !== undefined}><ChosenDialog chosen={chosen} onClose={() => setChosen(undefined)} /></Later>
      <Toasts />
    </div>
  )
}

/** Says to who may change nothing why nothing is offered. */
function LookingOnly() {
  const only = useLooksOnly()
  const past = useAt() !== undefined
  if (!only || past) return null
  return <p className={style.looking} role="status">You may look, and change nothing. An administrator can give you permissions.</p>
}

/** How long the changes may go unheard before that is said, in ms: a restart of the server takes less. */
const forgiven = 4000

/** Says that changes are not heard of. */
function Unheard() {
  const { connected } = useLive()
  const [said, setSaid] = useState(false)
  useEffect(() => {
    if (connected) return
    const timer = setTimeout(() => setSaid(true), forgiven)
    return () => {
      clearTimeout(timer)
      setSaid(false)
    }
  }, [connected])
  if (connected || !said) return null
  return (
    <div className={style.unheard} role="status">
      <p><strong>Not connected.</strong> What you see may be old. This page tries again by itself.</p>
      <Button small onPress={reconnect}>Try now</Button>
    </div>
  )
}

/** After another page was gone to, the focus is on its heading, for who listens to it; and things are remembered. */
function useAfterNavigation(): void {
  const path = useRouterState({ select: state => state.resolvedLocation?.pathname })
  const name = useRouterState({ select: state => state.matches.findLast(match => match.routeId === '/things/$name')?.params })
  const shown = name && 'name' in name ? name.name : undefined
  const before = useRef(path)
  useEffect(() => {
    if (shown !== undefined) rememberThing({ name: shown })
  }, [shown])
  useEffect(() => {
    if (before.current === path) return
    const first = before.current === undefined
    before.current = path
    if (first) return
    const heading = document.querySelector<HTMLElement>('#content h1') ?? document.getElementById('content')
    heading?.setAttribute('tabindex', '-1')
    heading?.focus({ preventScroll: true })
  }, [path])
}
