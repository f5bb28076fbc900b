import { GridList, GridListItem } from 'react-aria-components'
import type { Schemas } from '@/api/client'
import { formatAddr, formatCount, formatPrefix, parsePrefix, size, width, type Prefix } from './ip'
import style from './AddressMap.module.css'

export interface BlockMapProps {
  map: Schemas['AddressMap']
  onEnter: (prefix: string) => void
}

/** A network of too many addresses to draw, as blocks that can be entered. */
export function BlockMap({ map, onEnter }: BlockMapProps) {
  const whole = parsePrefix(map.prefix)!
  const bits = map.block_length ?? whole.bits
  const known = new Map((map.blocks ?? []).map(block => [block.prefix, block]))
  const step = size({ ...whole, bits })
  const items = Array.from({ length: 1 << (bits - whole.bits) }, (_, i) => {
    const prefix: Prefix = { ...whole, n: whole.n + BigInt(i) * step, bits }
    const id = formatPrefix(prefix)
    return { id, prefix, block: known.get(id) }
  })
  const each = Number(step)
  return (
    <GridList aria-label={`Blocks of ${map.prefix}`} layout="grid" items={items} onAction={key => onEnter(String(key))} className={style.blocks!}>
      {({ id, prefix, block }) => {
        const text = `${id}: ${block ? `${formatCount(block.used)} used, ${formatCount(block.reserved)} reserved${block.managers ? `, networks ${block.managers.slice(0, 5).join(', ')}${block.managers.length > 5 ? ' …' : ''}` : ''}` : 'free'}`
        return (
          <GridListItem id={id} textValue={text} className={style.block!} data-nested={Boolean(block?.managers)}>
            <span className={style.fill} style={{ height: height(block?.used, each) }} aria-hidden />
            <span className={`${style.fill} ${style.fillKept}`} style={{ height: height(block?.reserved, each), bottom: height(block?.used, each) }} aria-hidden />
            <span className={`mono ${style.blockText}`} title={text}>{part(prefix)}</span>
          </GridListItem>
        )
      }}
    </GridList>
  )
}

/** How high a bar is: a little is seen too. */
function height(n: number | undefined, of: number): string {
  return n ? `${Math.max(8, Math.min(100, (100 * n) / of))}%` : '0'
}

/** Returns what tells a block apart from its neighbours. */
function part(prefix: Prefix): string {
  if (prefix.family === 4) return formatAddr(prefix).split('.').slice(Math.max(0, Math.floor((prefix.bits - 1) / 8) - 1), Math.ceil(prefix.bits / 8)).join('.')
  return ((prefix.n >> BigInt(width(6) - prefix.bits)) & 255n).toString(16).padStart(2, '0')
}
