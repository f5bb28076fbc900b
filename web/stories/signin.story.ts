import { expect, story, type Page, type Server } from './story'

const password = 'a long password'

/** Makes an administrator for programs, and returns what asks the API as it. */
async function administrator(server: Server) {
  await server.clusto('user', 'create', 'root', '--no-password', '--admin')
  const token = (await server.clusto('token', 'create', 'story', '--user', 'root')).trim()
  return (method: string, path: string, body?: unknown) => server.api(method, path, body, { Authorization: `Bearer ${token}` })
}

/** Makes ann, who signs in with a password. */
async function makeAnn(server: Server, ...grants: string[]) {
  const api = await administrator(server)
  await api('POST', '/users', { name: 'ann', password })
  for (const grant of grants) await api('POST', '/grants', { user: 'ann', grant })
  return api
}

async function signIn(page: Page, secret = password): Promise<void> {
  await page.getByLabel('User', { exact: true }).fill('ann')
  await page.getByLabel('Password', { exact: true }).fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Opens the menu of who is signed in. */
async function openYou(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^You/ }).click()
}

story.use({ config: '[http]\nrate_address = off\naccounts = on' })

story('sign in, come to the page that was asked for, and sign out', async ({ page, server }) => {
  await makeAnn(server, 'write')
  await page.goto('/things/s0001?tab=ports')
  await expect(page.getByRole('heading', { name: 'Sign in to clusto' })).toBeVisible()
  await expect(page.getByRole('navigation')).toHaveCount(0)

  await signIn(page, 'not this one')
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(page.getByLabel('User', { exact: true })).toHaveValue('ann')
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')

  await signIn(page)
  await expect(page).toHaveURL(`${server.url}/things/s0001?tab=ports`)
  await expect(page.getByRole('tab', { name: 'Ports' })).toHaveAttribute('aria-selected', 'true')
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ name: 'clusto_session', httpOnly: true, sameSite: 'Lax' })

  await openYou(page)
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in to clusto' })).toBeVisible()
  expect(await page.context().cookies()).toEqual([])
  await page.goBack()
  await expect(page.getByRole('heading', { name: 'Sign in to clusto' })).toBeVisible()
})

story('whoever signs in stays on these pages', async ({ page, server }) => {
  await makeAnn(server)
  for (const to of ['https://evil.example/', '//evil.example/', '/\\evil.example/', '/..//evil.example', 'javascript:alert(1)']) {
    await page.context().clearCookies()
    await page.goto(`/sign-in?to=${encodeURIComponent(to)}`)
    await signIn(page)
    await expect(page, to).toHaveURL(`${server.url}/`)
  }
})

story('a session ends in the middle of work, and nothing is lost', async ({ page, server }) => {
  const api = await makeAnn(server, 'write')
  await api('PUT', '/entities/s0001/attributes', { attrs: [{ key: 'owner', value: 'nobody' }] })
  await page.goto('/things/s0001')
  await signIn(page)
  await page.getByRole('button', { name: 'Edit owner: nobody' }).click()
  await page.getByRole('textbox', { name: 'Value' }).fill('ann')
  // Another password ends all sessions.
  await api('PATCH', '/users/ann', { password: `${password} 2` })

  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Sign in again' })
  await expect(dialog.getByText('What you have begun is still here.')).toBeVisible()
  await dialog.getByLabel('User', { exact: true }).fill('ann')
  await dialog.getByLabel('Password', { exact: true }).fill(`${password} 2`)
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(dialog).toBeHidden()

  await expect(page.getByRole('textbox', { name: 'Value' })).toHaveValue('ann')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: 'Edit owner: ann' })).toBeVisible()
})

story('a token is shown once, and not lost by a press beside it', async ({ page, server }) => {
  await makeAnn(server)
  await page.goto('/admin?tab=tokens')
  await signIn(page)
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('What it is for').fill('laptop')
  await page.mouse.click(5, 5)
  await expect(dialog.getByLabel('What it is for')).toHaveValue('laptop')
  await dialog.getByRole('button', { name: 'Make' }).click()
  await page.mouse.click(5, 5)
  const secret = await dialog.locator('code').innerText()
  expect((await server.api('GET', '/session', undefined, { Authorization: `Bearer ${secret}` })).user).toBe('ann')
  await dialog.getByRole('button', { name: 'I have kept it' }).click()
  await expect(page.getByRole('cell', { name: 'laptop', exact: true })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('cell', { name: 'laptop', exact: true })).toBeVisible()
  expect(await page.content()).not.toContain(secret)
})

story('who may only read is offered nothing else, and told why', { tag: '@database' }, async ({ page, server }) => {
  await makeAnn(server)
  await page.goto('/things/s0001')
  await signIn(page)
  await expect(page.getByText('You may look, and change nothing')).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Ports' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^(Edit|Delete|Override|More|Add)/ })).toHaveCount(0)
  for (const path of ['/racks/sv3-003', '/pools/production', '/addresses', '/addresses/net-sv3-db', '/history/deleted']) {
    await page.goto(path)
    await expect(page.locator('main h1').first()).toBeVisible()
    await expect(page.getByRole('button', { name: /^(Put|Make|Allocate|Reserve|Layout|Delete|Take out|Release)/ }), path).toHaveCount(0)
  }
})

story('who may write some things is refused others politely', async ({ page, server }) => {
  const api = await makeAnn(server, 'write attr/note')
  await api('PUT', '/entities/s0001/attributes', { attrs: [{ key: 'owner', value: 'nobody' }] })
  await page.goto('/things/s0001')
  await signIn(page)
  await page.getByRole('button', { name: 'Edit owner: nobody' }).click()
  await page.getByRole('textbox', { name: 'Value' }).fill('ann')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert')).toContainText('write attr/owner')
  await expect(page.getByRole('textbox', { name: 'Value' })).toHaveValue('ann')
})
