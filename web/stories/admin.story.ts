import { expect, story, type Page, type Server } from './story'

/** Has a page ask as a user; the sign-in itself is another story. */
async function be(page: Page, server: Server, user: string, ...grants: string[]): Promise<void> {
  await server.clusto('user', 'create', user, '--no-password')
  for (const grant of grants) await server.clusto('grant', 'add', grant, '--to', `user:${user}`)
  const token = (await server.clusto('token', 'create', 'story', '--user', user)).trim()
  await page.setExtraHTTPHeaders({ Authorization: `Bearer ${token}` })
}

story.describe('with accounts', () => {
  story.use({ config: '[http]\nrate_address = off\naccounts = on' })

  story('a reader may not write, and is told so politely', async ({ page, server }) => {
    await be(page, server, 'reader')
    await page.goto('/admin?tab=users')
    await expect(page.getByText('You may not see who the users are.')).toBeVisible()
    await page.goto('/')
    await expect(page.getByText('You may not see what comes of the traps of switches.')).toBeVisible()
    await page.goto('/setup?step=datacenter')
    await page.getByLabel('Name').fill('mine')
    await page.getByRole('button', { name: 'Preview' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('alert')).toContainText('reader')
    await expect(dialog.getByRole('button', { name: 'Make it' })).toBeDisabled()
    await page.goto('/admin?tab=may')
    await page.getByLabel('What', { exact: true }).fill('write entity')
    await page.getByLabel('To what').fill('sv3-003')
    await page.getByRole('button', { name: 'Ask' }).click()
    await expect(page.getByRole('status').filter({ hasText: 'may not write entity' })).toBeVisible()
  })

  story('an administrator makes a user, a token and a permission', async ({ page, server }) => {
    await be(page, server, 'root', 'admin')
    await page.goto('/admin?tab=users')
    await page.getByRole('button', { name: 'Make a user' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: true }).fill('ann')
    await dialog.getByLabel('Password').fill('short')
    await expect(dialog.getByText('At least 8 characters.')).toBeVisible()
    await dialog.getByLabel('Password').fill('a long password')
    await dialog.getByRole('button', { name: 'Make' }).click()
    await expect(page.getByRole('cell', { name: 'ann' }).first()).toBeVisible()

    await page.getByRole('tab', { name: 'Permissions' }).click()
    await page.getByRole('button', { name: 'Give a permission' }).click()
    await dialog.getByRole('textbox', { name: 'Attribute' }).fill('dhcp.*')
    await expect(dialog.getByText('write attr/dhcp.*')).toBeVisible()
    await dialog.getByRole('button', { name: 'Give it' }).click()
    await expect(page.getByRole('cell', { name: 'write attr/dhcp.*', exact: true })).toBeVisible()

    await page.goto('/admin?tab=tokens&show=ann')
    await page.getByRole('button', { name: 'Make a token' }).click()
    await dialog.getByLabel('What it is for').fill('laptop')
    await dialog.getByRole('button', { name: 'Make' }).click()
    await expect(dialog.getByText('It is shown this once.')).toBeVisible()
    await dialog.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('button', { name: 'Revoke laptop' }).click()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await expect(page.getByText(/^revoked/)).toBeVisible()
  })
})

story('drivers are searched and shown with their methods', async ({ page, server }) => {
  expect(server.url).not.toBe('')
  await page.goto('/admin?tab=drivers')
  await page.getByLabel('Search drivers').fill('ipmanager')
  await page.getByRole('button', { name: 'ipmanager', exact: true }).click()
  await expect(page.getByRole('dialog').getByText('baseip')).toBeVisible()
  expect(new URL(page.url()).searchParams.get('show')).toBe('ipmanager')
})

story('without accounts the pages say how to switch them on', async ({ page, server }) => {
  expect(server.url).not.toBe('')
  await page.goto('/admin?tab=permissions')
  await expect(page.getByText('accounts = on')).toBeVisible()
  await page.goto('/admin')
  await expect(page.getByText('Traps of switches')).toBeVisible()
})
