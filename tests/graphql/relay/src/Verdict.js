// One question, asked again for a supplier that is shown, and a push.
export const Verdict = graphql`
  fragment Verdict_supplier on Worksite
  @argumentDefinitions(buyer: { type: "ID!" }, product: { type: "String!" })
  @refetchable(queryName: "VerdictAgainQuery") {
    name
    eligibility(buyer: $buyer, product: $product) {
      verdict
      reason
      summary
    }
  }
`;

export const Query = graphql`
  query VerdictQuery($supplier: ID!, $buyer: ID!, $product: String!) {
    node(id: $supplier) {
      ...Verdict_supplier @alias(as: "supplier") @arguments(buyer: $buyer, product: $product)
    }
  }
`;

export const Push = graphql`
  mutation VerdictPushMutation($input: RecordFactsInput!) {
    recordFacts(input: $input) {
      recorded {
        index
        id
      }
      problems {
        code
        message
      }
      revision
    }
  }
`;
