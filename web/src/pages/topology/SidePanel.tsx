import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { Badge, Button, count, Thing } from '@/ui'
import { cablesAt, portText, type Graph } from './graph'
import style from './topology.module.css'

/** How many cables are listed. */
const most = 200

/** What is known of the node that is selected, and where its cables lead. */
export function SidePanel({ graph, node, onSelect, onExpand }: { graph: Graph; node: number; onSelect: (node: number) => void; onExpand: (node: number) => void }) {
  const thing = graph.nodes[node]!
  const cables = cablesAt(graph, node)
  return (
    <aside className={style.side} aria-label={`About ${thing.name}`}>
      <header className={style.sideHead}>
        <h2><Thing name={thing.name} type={thing.type} /></h2>
        <Button look="plain" small aria-label="Close" onPress={() => onSelect(-1)}><X /></Button>
      </header>
      <p className="quiet">{thing.type}, {thing.driver}{thing.rack && <>, in <Thing name={thing.rack} type="rack" /></>}</p>
      {thing.change && thing.change !== 'same' && <p><Badge tone={thing.change === 'added' ? 'good' : 'bad'}>{thing.change}</Badge></p>}
      <p className="quiet">{thing.distance === 0 ? 'This is where the graph begins.' : `${count(thing.distance, 'hop')} away.`}</p>
      <div className={style.buttons}>
        {thing.beyond > 0 && <Button small look="primary" onPress={() => onExpand(node)}>Show {count(thing.beyond, 'more cable')}</Button>}
        <Link to="/topology" search={before => ({ ...before, from: thing.name, select: undefined, more: undefined })} className={style.linkButton!}>Begin here</Link>
      </div>
      <h3>{count(cables.length, 'cable')}</h3>
      <ul className={style.cables}>
        {cables.slice(0, most).map((cable, i) => {
          const [mine, other] = cable.from.node === node ? [cable.from, cable.to] : [cable.to, cable.from]
          return (
            <li key={i} data-change={cable.change}>
              <span className="mono">{portText(mine)}</span>
              <span>
                <Button look="plain" small className={style.name!} onPress={() => onSelect(other.node)}><span className="name">{graph.nodes[other.node]!.name}</span></Button>{' '}
                <span className="mono quiet">{portText(other)}</span>
                {cable.change && cable.change !== 'same' && <> <Badge tone={cable.change === 'added' ? 'good' : 'bad'}>{cable.change}</Badge></>}
              </span>
            </li>
          )
        })}
        {cables.length > most && <li className="quiet">and {cables.length - most} more</li>}
      </ul>
    </aside>
  )
}
