import { expect, test } from 'vitest'
import { chainOf } from './chain'

type Tree = Parameters<typeof chainOf>[0]

function node(name: string, type: string, nodes: Tree[] = []): Tree {
  return { name, type, driver: '', nodes }
}

test('where a thing stands comes before what it belongs to', () => {
  const web1 = node('web1', 'server', [node('web', 'pool'), node('rack1', 'rack', [node('all', 'pool'), node('dc', 'datacenter')])])
  expect(chainOf(web1).map(step => step.name)).toEqual(['dc', 'rack1', 'web1'])
})

test('a pool is in its pools', () => {
  expect(chainOf(node('db', 'pool', [node('all', 'pool')])).map(step => step.name)).toEqual(['all', 'db'])
})

test('a circle ends', () => {
  const circle = node('a', 'pool', [node('b', 'pool', [{ ...node('a', 'pool'), again: true }])])
  expect(chainOf(circle).map(step => step.name)).toEqual(['b', 'a'])
})
