import { useMemo } from 'react'
import { Badge, Button, Table, Thing } from '@/ui'
import { portText, type Cable, type Graph } from './graph'
import type { Layout } from './layout'

interface Row {
  node: number
  depth: number
  cables: Cable[]
}

/** Returns the nodes as a tree is read: each below what it hangs on. */
export function treeRows(graph: Graph, parents: readonly number[]): Row[] {
  const below: number[][] = graph.nodes.map(() => [])
  const open: [number, number][] = []
  for (const [i, parent] of parents.entries()) {
    if (parent < 0) open.push([i, 0])
    else below[parent]!.push(i)
  }
  open.reverse()
  const up: Cable[][] = graph.nodes.map(() => [])
  for (const cable of graph.cables) {
    if (parents[cable.to.node] === cable.from.node) up[cable.to.node]!.push(cable)
    else if (parents[cable.from.node] === cable.to.node) up[cable.from.node]!.push({ ...cable, from: cable.to, to: cable.from })
  }
  const rows: Row[] = []
  while (open.length > 0) {
    const [node, depth] = open.pop()!
    rows.push({ node, depth, cables: up[node]! })
    for (const i of below[node]!.toReversed()) open.push([i, depth + 1])
  }
  return rows
}

/** The graph as a list, for those who read rather than look, and for keyboards. */
export function TopologyList({ graph, layout, onExpand }: { graph: Graph; layout: Layout; onExpand: (node: number) => void }) {
  const rows = useMemo(() => treeRows(graph, layout.parents), [graph, layout])
  return (
    <Table
      label="Things and how they are connected"
      rows={rows}
      rowKey={row => `${row.node}`}
      columns={[
        {
          id: 'thing', head: 'Thing', width: 'minmax(180px, 1.4fr)',
          cell: row => {
            const node = graph.nodes[row.node]!
            return <span style={{ paddingInlineStart: Math.min(row.depth, 12) * 18 }}><Thing name={node.name} type={node.type} /></span>
          },
        },
        { id: 'type', head: 'Type', width: '130px', cell: row => graph.nodes[row.node]!.type },
        { id: 'rack', head: 'Rack', width: '130px', cell: row => graph.nodes[row.node]!.rack && <Thing name={graph.nodes[row.node]!.rack!} /> },
        { id: 'hops', head: 'Hops', width: '70px', end: true, cell: row => graph.nodes[row.node]!.distance },
        {
          id: 'cables', head: 'Connected by', width: 'minmax(220px, 2fr)',
          cell: row => <span className="mono">{row.cables.map(cable => `${portText(cable.to)} → ${graph.nodes[cable.from.node]!.name} ${portText(cable.from)}`).join(', ')}</span>,
        },
        {
          id: 'change', head: 'Change', width: '100px',
          cell: row => {
            const change = graph.nodes[row.node]!.change
            return change && change !== 'same' ? <Badge tone={change === 'added' ? 'good' : 'bad'}>{change}</Badge> : null
          },
        },
        {
          id: 'more', head: 'Further', width: '130px',
          cell: row => graph.nodes[row.node]!.beyond > 0 && <Button small onPress={() => onExpand(row.node)} aria-label={`Show what else ${graph.nodes[row.node]!.name} is connected to`}>{graph.nodes[row.node]!.beyond} more</Button>,
        },
      ]}
    />
  )
}
