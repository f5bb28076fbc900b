// An OpenID Connect issuer for tests. Its argument is the address to which it
// sends browsers back; it prints its own. Whoever signs in is called what they
// type, and is in the groups ops and dba.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'clusto', client_secret: 'the-secret-of-clusto', redirect_uris: [process.argv[2]] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'name'], email: ['email'], groups: ['groups'] },
    pkce: { required: () => true },
    cookies: { keys: ['only for tests'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, name: `Full ${id}`, email: `${id}@example.com`, groups: ['ops', 'dba'] }),
    }),
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
process.stdin.on('end', () => process.exit(0)).resume();
