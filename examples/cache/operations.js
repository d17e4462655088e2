// What a page asks for. Apollo Client and urql take these documents as they are; Relay's compiler reads them from this file, and wants
// their names to begin with the file's and to end with the kind of operation.
import { parse } from "graphql";

const graphql = ([text]) => parse(text);

export const signIn = graphql`
  mutation operationsSignInMutation($input: SignInInput!) {
    signIn(input: $input) { session { accessToken refreshToken expiresAt } userErrors { code message } }
  }
`;
export const search = graphql`
  query operationsSearchQuery($filter: PeerFilter!, $after: String) {
    peers(filter: $filter, first: 5, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { id name connection } }
    }
  }
`;
export const requestConnection = graphql`
  mutation operationsRequestConnectionMutation($input: RequestConnectionInput!) {
    requestConnection(input: $input) { professional { id connection } userErrors { code field message } }
  }
`;
export const discussion = graphql`
  query operationsDiscussionQuery($id: ID!) {
    node(id: $id) {
      id
      ... on Discussion { title posts(last: 20) { edges { cursor node { id body author { id name } } } } }
    }
  }
`;
export const addPost = graphql`
  mutation operationsAddPostMutation($input: AddPostInput!) {
    addPost(input: $input) { post { id body author { id name } } userErrors { code field message } }
  }
`;
export const postAdded = graphql`
  subscription operationsPostAddedSubscription($discussion: ID!, $after: ID) {
    postAdded(discussion: $discussion, after: $after) { id body author { id name } }
  }
`;
export const submitCredential = graphql`
  mutation operationsSubmitCredentialMutation($input: SubmitCredentialInput!) {
    submitCredential(input: $input) { credential { id verificationStatus } userErrors { code field message } }
  }
`;
export const requestEvidenceUpload = graphql`
  mutation operationsRequestEvidenceUploadMutation($input: RequestEvidenceUploadInput!) {
    requestEvidenceUpload(input: $input) {
      upload { method url headers { name value } }
      evidenceId
      userErrors { code field message }
    }
  }
`;
export const desk = graphql`
  query operationsDeskQuery($filter: VerificationQueueFilter) {
    verificationQueue(filter: $filter, first: 5) {
      nodes { id number owner { id name } evidence { id fileName previewUrl } }
    }
  }
`;
