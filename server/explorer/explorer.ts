import type { Request, Response } from 'express';
import { errors } from '../errors.js';
import { CompressedFile } from './compressed-file.js';
import { exampleOperations, type Examples } from './documents.js';
import { ExplorerFiles } from './files.js';
import { GRAPHIQL_POLICY, graphiqlPage } from './graphiql-page.js';
import { SANDBOX_POLICY, sandboxPage } from './sandbox-page.js';

export interface ExplorerOptions {
  /** Shown to whoever opens the page: demo data, or nothing. */
  readonly examples?: Examples | undefined;
  /** The page signs in by itself, as the examples' user. */
  readonly signsIn: boolean;
}

/**
 * The pages to try the API in: Apollo Sandbox, and GraphiQL where Apollo's CDN is out of reach. They are empty shells
 * that anybody may load, in production too: a browser opens a page without a token, so there is nothing to judge by.
 * What they show comes from the API with the token that is typed into them, and the API tells its schema to admins
 * only. Nothing of the schema, and nobody's credentials but the demo's, stands in them.
 */
export class Explorer {
  private readonly files = new ExplorerFiles();
  private readonly sandboxFile: CompressedFile;
  private readonly graphiqlFile: CompressedFile;

  constructor({ examples, signsIn }: ExplorerOptions) {
    const [first] = exampleOperations(examples);
    const signIn = signsIn ? first : undefined;
    this.sandboxFile = htmlFile(sandboxPage(examples, signIn));
    this.graphiqlFile = htmlFile(graphiqlPage(examples, signIn));
  }

  readonly sandbox = (req: Request, res: Response): Promise<void> => {
    res.setHeader('Content-Security-Policy', SANDBOX_POLICY);
    return this.sandboxFile.send(req, res);
  };

  readonly graphiql = (req: Request, res: Response): Promise<void> => {
    res.setHeader('Content-Security-Policy', GRAPHIQL_POLICY);
    return this.graphiqlFile.send(req, res);
  };

  readonly file = async (req: Request, res: Response): Promise<void> => {
    const file = await this.files.get(String(req.params['name']));
    if (!file) throw errors.notFound('page');
    await file.send(req, res);
  };
}

function htmlFile(html: string): CompressedFile {
  return new CompressedFile('text/html; charset=utf-8', html);
}
