/** The operations that open and end a session, which run before anything is in the store. */
import { type ConcreteRequest, graphql } from "relay-runtime";

const idOf = (document: unknown): string => (document as ConcreteRequest).params.id ?? "";

export const documents = {
  signIn: idOf(graphql`
    mutation documentsSignInMutation($input: SignInInput!) {
      signIn(input: $input) {
        session { accessToken expiresAt }
        userErrors { code message field }
      }
    }
  `),
  refreshSession: idOf(graphql`
    mutation documentsRefreshMutation($input: RefreshSessionInput!) {
      refreshSession(input: $input) {
        session { accessToken expiresAt }
        userErrors { code message field }
      }
    }
  `),
  signOut: idOf(graphql`
    mutation documentsSignOutMutation($input: SignOutInput!) {
      signOut(input: $input) { signedOut userErrors { code message field } }
    }
  `),
};
