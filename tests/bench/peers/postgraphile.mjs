// PostGraphile 5 over the same tables: preset amber, nothing watched, no extras.
// node postgraphile.mjs DATABASE_URL PORT
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const [connectionString, port] = process.argv.slice(2);
const service = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({ connectionString, schemas: ["public", "bench"], poolConfig: { max: 10 } }),
  ],
  grafast: { explain: false },
  grafserv: { graphqlPath: "/graphql", watch: false, graphiql: false },
}).createServ(grafserv);

const server = createServer();
await service.addTo(server);
server.listen(Number(port), "127.0.0.1");
