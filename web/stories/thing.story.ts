import { expect, story } from './story'

story('delete a server with its cables and bring it back', { tag: '@database' }, async ({ page, server }) => {
  const before = await server.api('GET', '/entities/s0001/ports')
  await page.goto('/things/s0001')
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()

  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText(/port-nic-eth\[1\].connection/).first()).toBeVisible()
  await dialog.getByLabel(/Why/).fill('it is broken')
  await dialog.getByRole('button', { name: 'Delete' }).click()

  await expect(page.getByText(/was deleted in version/)).toBeVisible()
  await expect(page.getByText('it is broken')).toBeVisible()
  await page.getByRole('button', { name: 'Bring it back' }).click()
  await dialog.getByRole('button', { name: 'Bring back' }).click()

  await expect(page.getByRole('tab', { name: 'Ports' })).toBeVisible()
  await page.getByRole('tab', { name: 'Ports' }).click()
  await page.getByRole('button', { name: 'Draw the cable of nic-eth/1' }).click()
  await expect(page.getByRole('group', { name: /^Cable from s0001 nic-eth\/1 to / })).toBeVisible()
  expect((await server.api('GET', '/entities/s0001/ports')).ports).toEqual(before.ports)
})

story('two people edit the same thing, the second is told', { tag: '@database' }, async ({ page, another, server }) => {
  await server.api('PUT', '/entities/s0001/attributes', { attrs: [{ key: 'owner', value: 'nobody' }] })
  const ann = page
  const bob = await another()
  for (const who of [ann, bob]) {
    await who.goto('/things/s0001')
    await who.getByRole('button', { name: 'Edit owner: nobody' }).click()
  }
  await ann.getByRole('textbox', { name: 'Value' }).fill('ann')
  await bob.getByRole('textbox', { name: 'Value' }).fill('bob')
  await ann.keyboard.press('Enter')
  await expect(ann.getByRole('button', { name: 'Edit owner: ann' })).toBeVisible()

  await expect(bob.getByRole('alert').getByText(/changed this/)).toBeVisible()
  await expect(bob.getByRole('textbox', { name: 'Value' })).toHaveValue('bob')
  await expect(bob.getByRole('button', { name: 'Save' })).toBeDisabled()
  await bob.keyboard.press('Enter')
  expect(await ownerOf(server)).toBe('ann')

  await bob.getByRole('button', { name: 'Keep mine' }).click()
  await bob.getByRole('button', { name: 'Save' }).click()
  await expect(bob.getByRole('button', { name: 'Edit owner: bob' })).toBeVisible()
  await expect(ann.getByRole('button', { name: 'Edit owner: bob' })).toBeVisible()
  expect(await ownerOf(server)).toBe('bob')

  await bob.getByRole('button', { name: 'Undo' }).click()
  await expect(bob.getByRole('button', { name: 'Edit owner: ann' })).toBeVisible()
})

story('what a change of a rack would reach is said before', async ({ page, server }) => {
  await server.api('PUT', '/entities/sv3-001/attributes', { attrs: [{ key: 'owner', value: 'infra' }] })
  await server.api('PUT', '/entities/s0001/attributes', { attrs: [{ key: 'owner', value: 'ann' }] })
  const reach = await server.api('GET', '/entities/sv3-001/reach?key=owner&subkey=')
  await page.goto('/things/sv3-001')
  await page.getByRole('button', { name: 'Edit owner: infra' }).click()
  await expect(page.getByRole('status').filter({ hasText: `${reach.inherit} things` })).toBeVisible()
  await page.getByRole('textbox', { name: 'Value' }).fill('net')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText(`; ${reach.override} override`)).toBeVisible()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()

  await page.goto('/things/s0001')
  await expect(page.getByRole('row', { name: /^owner Edit/ })).toContainText('net of sv3-001')
})

story('an attribute is edited by keyboard alone', async ({ page, server }) => {
  await server.api('PUT', '/entities/s0001/attributes', { attrs: [{ key: 'system', subkey: 'memory', value: 1 }] })
  await page.goto('/things/s0001')
  const edit = page.getByRole('button', { name: 'Edit system.memory: 1', exact: false }).first()
  await edit.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Value' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(edit).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Value' }).fill('2')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Edit system.memory: 2' })).toBeVisible()
  expect((await server.api('GET', '/entities/s0001/attributes?key=system&subkey=memory')).attrs[0]).toMatchObject({ type: 'int', value: 2 })
})

story('why a server gets no DHCP answer', async ({ page, server }) => {
  await server.api('PUT', '/entities/s0001/attributes', { attrs: [{ key: 'dhcp', subkey: 'enabled', value: 0 }] })
  await page.goto('/things/s0001?tab=dhcp')
  const failing = page.getByRole('listitem').filter({ has: page.getByLabel('failed') })
  await expect(failing).toContainText('dhcp.enabled is 0')
  await expect(failing).toContainText('clusto attr set s0001 dhcp.enabled=1')
})

async function ownerOf(server: { api: (method: string, path: string) => Promise<any> }): Promise<unknown> {
  return (await server.api('GET', '/entities/s0001/attributes?key=owner')).attrs[0]?.value
}
