// A page of a program's suppliers, and the next one.
export const Suppliers = graphql`
  fragment Suppliers_program on Program
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "SuppliersPageQuery") {
    name
    standings(first: $first, after: $after) @connection(key: "Suppliers_standings") {
      edges {
        node {
          ...Suppliers_standing
        }
      }
    }
  }
`;

export const Standing = graphql`
  fragment Suppliers_standing on Standing {
    state
    effect
    subject {
      __typename
      id
      name
      ... on Worksite {
        osId
      }
    }
  }
`;

export const Query = graphql`
  query SuppliersQuery($program: ID!) {
    program(id: $program) {
      id
      ...Suppliers_program
    }
  }
`;
