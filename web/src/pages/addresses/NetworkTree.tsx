import { useNavigate } from '@tanstack/react-router'
import { ChevronRight, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { Button, Collection, ListLayout, Tree, TreeItem, TreeItemContent, Virtualizer, type Key } from 'react-aria-components'
import { Badge } from '@/ui'
import { formatCount, formatPrefix, size } from './ip'
import type { Node } from './tree'
import { Utilisation } from './Utilisation'
import style from './NetworkTree.module.css'

export interface NetworkTreeProps {
  roots: readonly Node[]
  expanded: ReadonlySet<string>
  onExpand: (expanded: Set<string>) => void
  /** Called to make a network of a free part; undefined while nothing can be changed. */
  onMake?: ((node: Node) => void) | undefined
}

/** The networks as a tree, to go through by keyboard. Only the rows in sight exist. */
export function NetworkTree({ roots, expanded, onExpand, onMake }: NetworkTreeProps) {
  const navigate = useNavigate()
  const known = useMemo(() => {
    const all = new Map<Key, Node>()
    const note = (nodes: readonly Node[]) => nodes.forEach(node => {
      all.set(node.id, node)
      note(node.children)
    })
    note(roots)
    return all
  }, [roots])
  const act = (key: Key) => {
    const node = known.get(key)
    if (node?.manager) void navigate({ to: '/addresses/$manager', params: { manager: node.manager.name } })
    else if (node && onMake) onMake(node)
  }
  return (
    <div className={style.whole}>
      <div className={`${style.row} ${style.head}`} aria-hidden>
        <span className={style.first}>Network</span><span>Name</span><span className={style.wide}>Gateway</span><span className={style.end}>Size</span>
        <span className={`${style.end} ${style.wide}`}>Used</span><span className={`${style.end} ${style.wide}`}>Reserved</span><span className={`${style.end} ${style.wide}`}>Free</span><span>Taken</span>
      </div>
      <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: 34 }}>
        <Tree
          aria-label="Networks"
          items={roots}
          dependencies={[expanded, onMake]}
          expandedKeys={expanded as Set<Key>}
          onExpandedChange={keys => onExpand(new Set([...keys].map(String)))}
          onAction={act}
          selectionMode="none"
          className={style.tree!}
        >
          {node => <Row node={node} expanded={expanded} onMake={onMake} />}
        </Tree>
      </Virtualizer>
    </div>
  )
}

function Row({ node, expanded, onMake }: { node: Node; expanded: ReadonlySet<string>; onMake: NetworkTreeProps['onMake'] }) {
  const open = expanded.has(node.id)
  const text = node.manager ? `${formatPrefix(node.prefix)} ${node.manager.name}` : `${formatPrefix(node.prefix)} free`
  return (
    <TreeItem id={node.id} textValue={text} hasChildItems={node.children.length > 0} className={node.manager ? style.item! : `${style.item} ${style.free}`}>
      <TreeItemContent>
        {({ level, hasChildItems, isExpanded }) => (
          <div className={style.row}>
            <span className={style.first} style={{ paddingInlineStart: (level - 1) * 18 }}>
              {hasChildItems
                ? <Button slot="chevron" className={style.chevron!} aria-label={isExpanded ? 'Close' : 'Open'}><ChevronRight aria-hidden data-open={isExpanded} /></Button>
                : <span className={style.chevron} />}
              <span className="mono">{formatPrefix(node.prefix)}</span>
            </span>
            {node.manager ? <Cells node={node} /> : <FreeCells node={node} canMake={onMake !== undefined} />}
          </div>
        )}
      </TreeItemContent>
      {/* Those of closed rows are left out: there may be thousands. */}
      {open && node.children.length > 0 && <Collection items={node.children}>{child => <Row node={child} expanded={expanded} onMake={onMake} />}</Collection>}
    </TreeItem>
  )
}

function Cells({ node }: { node: Node }) {
  const { manager } = node
  const usage = manager!.usage
  return (
    <>
      <span className={`name ${style.name}`}>{manager!.name} {node.doubled && <Badge tone="warn">twice</Badge>}</span>
      <span className={`mono ${style.wide}`}>{manager!.network?.gateway}</span>
      <span className={style.end}>{formatCount(size(node.prefix))}</span>
      <span className={`${style.end} ${style.wide}`}>{usage && formatCount(usage.used)}</span>
      <span className={`${style.end} ${style.wide}`}>{usage && formatCount(usage.reserved)}</span>
      <span className={`${style.end} ${style.wide}`}>{usage && (usage.free >= Number.MAX_SAFE_INTEGER ? formatCount(size(node.prefix)) : formatCount(usage.free))}</span>
      <Utilisation usage={usage} />
    </>
  )
}

function FreeCells({ node, canMake }: { node: Node; canMake: boolean }) {
  return (
    <>
      <span className={style.make}>no network {canMake && <><Plus aria-hidden /> make one</>}</span>
      <span className={style.wide} />
      <span className={style.end}>{formatCount(size(node.prefix))}</span>
      <span className={style.wide} /><span className={style.wide} /><span className={style.wide} /><span />
    </>
  )
}
