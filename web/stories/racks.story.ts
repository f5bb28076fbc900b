import { expect, story } from './story'

story('move a device', { tag: '@database' }, async ({ page, server }) => {
  const { racks } = await server.api('GET', '/racks') as { racks: { name: string; free: number; lowest: number; highest: number; devices: { name: string; type: string; units: number[]; width?: string }[] }[] }
  const rack = racks.find(candidate => candidate.free > 1 && candidate.devices.some(device => device.type === 'server' && device.units.length === 1 && device.width !== 'half'))!
  const device = rack.devices.find(candidate => candidate.type === 'server' && candidate.units.length === 1 && candidate.width !== 'half')!
  const taken = new Set(rack.devices.flatMap(other => other.units))
  const free = Array.from({ length: rack.highest - rack.lowest + 1 }, (_, i) => rack.lowest + i).filter(unit => !taken.has(unit))
  const stands = async () => ((await server.api('GET', `/racks/${encodeURIComponent(rack.name)}`)) as typeof rack).devices.find(other => other.name === device.name)?.units

  // By keyboard: chosen, "Move", another unit, the change, done.
  await page.goto(`${server.url}/racks/${encodeURIComponent(rack.name)}`)
  await page.getByRole('group', { name: `${rack.name}, front` }).getByRole('button', { name: `${device.name},` }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Move' }).click()
  await page.getByLabel('Lowest unit').fill(String(free[0]))
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('This would change').waitFor()
  await page.getByRole('button', { name: 'Commit' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await stands()).toEqual([free[0]])

  // By mouse: dragged to where it was.
  const drawing = page.getByRole('group', { name: `${rack.name}, front` })
  const from = drawing.getByRole('button', { name: `${device.name},` })
  await expect(drawing.getByRole('button', { name: `Put something into unit ${device.units[0]} of` })).toBeVisible()
  await from.scrollIntoViewIfNeeded()
  const start = (await from.boundingBox())!
  const end = (await drawing.getByRole('button', { name: `Put something into unit ${free[1]} of` }).boundingBox())!
  await page.mouse.move(start.x + 40, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(end.x + 40, end.y + end.height / 2, { steps: 4 })
  await page.mouse.up()
  await page.getByText('This would change').waitFor()
  await page.getByRole('button', { name: 'Commit' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(await stands()).toEqual([free[1]])
})
