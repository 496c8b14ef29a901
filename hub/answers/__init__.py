"""Questions as users put them: references and names in, answers out. GraphQL and shell share it."""
