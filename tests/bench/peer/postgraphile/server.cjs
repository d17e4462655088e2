// Peer P: PostGraphile 4 over PostgreSQL.  PORT, DATABASE, WORKERS (1 = single process, n = cluster)
const cluster = require("node:cluster");
const http = require("node:http");
const { Pool } = require("pg");
const { postgraphile } = require("postgraphile");

const workers = +(process.env.WORKERS || 1);
if (workers > 1 && cluster.isPrimary) {
  for (let i = 0; i < workers; i++) cluster.fork();
} else {
  const pool = new Pool({ connectionString: process.env.DATABASE, max: 10 });
  const options = { graphqlRoute: "/", disableQueryLog: true, dynamicJson: true };
  http.createServer(postgraphile(pool, "public", options)).listen(+process.env.PORT, "127.0.0.1");
}
