/** What the outputs of notebooks and the extension host say to each other about the frames of tracebacks. */

/** Where do these files lie? `clicked`: somebody waits for the one file. */
export interface FramesQuestion {
  id: number;
  paths: string[];
  clicked: boolean;
}

export interface FramesAnswer {
  id: number;
  /**
   * Of each path the address of the file, as far as a link to it leads somewhere. Missing: nobody can tell right now.
   * 'other': the notebook runs on no kernel of ours, and its links are none of our business.
   */
  places?: Record<string, string> | 'other';
}
