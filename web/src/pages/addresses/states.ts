import type { Schemas } from '@/api/client'

type MapPiece = Schemas['MapPiece']

/** The states of addresses, in words. */
export const stateWords: Record<MapPiece['state'], string> = {
  free: 'free', used: 'used', reserved: 'reserved', gateway: 'gateway', network: 'network', broadcast: 'broadcast', nested: 'another network',
}

/** Says what a piece of a map is: who has it, or why nobody gets it. */
export function pieceText(piece: MapPiece): string {
  switch (piece.state) {
    case 'used':
      return `${(piece.entities ?? []).join(', ')}${piece.role ? ` (${piece.role})` : ''}${piece.reserved ? `, reserved: ${piece.reserved}` : ''}`
    case 'reserved':
      return `reserved: ${piece.reserved}`
    case 'nested':
      return `is of ${piece.manager}, inside this network`
    case 'free':
      return 'free'
    default:
      return `${stateWords[piece.state]}, is not handed out unasked`
  }
}
