import { Link } from '@tanstack/react-router'
import { Page, Panel } from '@/ui'
import style from './Start.module.css'

/** The first page of an inventory in which there is nothing yet. */
export function Welcome() {
  return (
    <Page title="Welcome" about="The inventory is empty.">
      <div className={style.columns}>
        <Panel title="Set it up step by step">
          <div className={style.stack}>
            <p>A datacenter, a network, names, a first rack with what belongs into it, and how switches and DHCP relays find this server. Each step shows what it would make before it is made, and can be skipped or done later.</p>
            <p><Link to="/setup" className={style.go!}>Begin</Link></p>
          </div>
        </Panel>
        <Panel title="Look at a demonstration">
          <div className={style.stack}>
            <p>This makes another database, in the directory where you are, with a world worth looking at, and serves it. Yours stays as it is.</p>
            <p><code>clusto demo</code></p>
          </div>
        </Panel>
        <Panel title="Bring what you have">
          <div className={style.stack}>
            <p>A database of classic clusto is used as it is. Tables and JSON Lines are imported:</p>
            <p><code>clusto import --dry-run servers.csv</code></p>
          </div>
        </Panel>
      </div>
    </Page>
  )
}
