// A subgraph by others: Apollo's own library, which knows nothing of Tributary. It adds stock to the platform's products.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import gql from 'graphql-tag';

const typeDefs = gql`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@external", "@requires"])

  type Query {
    warehouses: [Warehouse!]!
  }

  type Warehouse {
    name: String!
  }

  type Product @key(fields: "id") {
    id: ID!
    weightGrams: Int! @external
    inStock: Int!
    shelf: String! @requires(fields: "weightGrams")
  }
`;

const resolvers = {
  Query: { warehouses: () => [{ name: 'North' }, { name: 'South' }] },
  Product: {
    __resolveReference: (reference) => reference,
    // Differs from product to product, so that a mix-up would show.
    inStock: ({ id }) => Number.parseInt(id.slice(29), 16),
    shelf: ({ weightGrams }) => (weightGrams > 5000 ? 'floor' : 'high'),
  },
};

const server = new ApolloServer({ schema: buildSubgraphSchema({ typeDefs, resolvers }) });
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
console.log(url);
// The test that started it holds the other end: when that closes, so does this.
process.stdin.on('end', () => process.exit(0)).resume();
