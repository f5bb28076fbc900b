import { expect, story } from './story'

story.use({ config: '[http]\nrate_address = off\naccounts = on' })

story('somebody signs in, is where they wanted to be, and signs out', async ({ page, server }) => {
  await server.clusto('user', 'create', 'root', '--no-password')
  await server.clusto('grant', 'add', 'admin', '--to', 'user:root')
  const token = (await server.clusto('token', 'create', 'story', '--user', 'root')).trim()
  await server.api('POST', '/users', { name: 'ann', password: 'a long password' }, { Authorization: `Bearer ${token}` })
  await page.goto('/racks')
  await page.getByRole('textbox', { name: 'User' }).fill('ann')
  await page.getByRole('textbox', { name: 'Password' }).fill('a wrong password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByRole('textbox', { name: 'Password' }).fill('a long password')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Racks' })).toBeVisible()
  await expect(page).toHaveURL(/\/racks$/)
  await page.getByRole('button', { name: 'You: ann' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('textbox', { name: 'Password' })).toBeVisible()
})
