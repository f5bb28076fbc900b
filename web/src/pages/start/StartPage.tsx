import { Link } from '@tanstack/react-router'
import { useAt } from '@/time/at'
import { Badge, ErrorNote, Page, Panel, Waiting, count } from '@/ui'
import { Changes } from './Changes'
import { useCalmRead } from './calm'
import { Findings } from './Findings'
import { Full } from './Full'
import { Overview } from './Overview'
import { Strangers } from './Strangers'
import { Traps } from './Traps'
import { Welcome } from './Welcome'
import style from './Start.module.css'

/** The first page: what there is, what happens, and what wants a look. */
export function StartPage() {
  const at = useAt()
  const overview = useCalmRead('/overview', {}, 2000)
  if (overview.data?.total === 0 && !at) return <Welcome />
  return (
    <Page
      title="Start"
      about={overview.data && <>{count(overview.data.total, 'thing')} at version <Link to="/history/$version" params={{ version: String(overview.data.version) }}>{overview.data.version}</Link></>}
    >
      <div className={style.columns}>
        <div className={style.column}>
          <Panel title="What there is">
            {overview.isPending && <Waiting />}
            {overview.isError && <ErrorNote error={overview.error} />}
            {overview.data && <Overview overview={overview.data} />}
          </Panel>
          <Changes />
        </div>
        <div className={style.column}>
          {at
            ? <Panel title="Daemons and findings"><p className="quiet">What is discovered, asked by DHCP and found wrong is known of <Badge>now</Badge> alone.</p></Panel>
            : <><Traps /><Findings /></>}
          <Full />
          {!at && <Strangers />}
        </div>
      </div>
    </Page>
  )
}
