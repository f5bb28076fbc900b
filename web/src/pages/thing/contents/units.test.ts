import { expect, it } from 'vitest'
import { unitsText } from '../Place'
import { changedAttrs } from '../ports/PortAttrsDialog'
import { unitsOf } from './PutDialog'

it.each([['7', [7]], ['7-9', [7, 8, 9]], [' 7, 9-10 ', [7, 9, 10]], ['', []], ['x', []], ['9-7', []], ['1-999', []]])('units %s', (text, want) => expect(unitsOf(text)).toEqual(want))

it.each([[[7], 'unit 7'], [[9, 8], 'units 8 to 9'], [[3, 1], 'units 1, 3']])('%s is %s', (units, want) => expect(unitsText(units)).toBe(want))

it('changes of port attributes keep types, and an empty one deletes', () => {
  expect(changedAttrs({ vlan: 442, mac: 'aa', note: '7', gone: 'x' }, { vlan: '443', mac: '123', note: '8', gone: '', osportname: '' }))
    .toEqual({ vlan: 443, mac: '123', note: '8', gone: null })
})
