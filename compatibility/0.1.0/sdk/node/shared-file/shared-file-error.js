/** A file of tokens cannot be used. The message names the file, the cause and the next step. It contains no token. */
export class SharedFileError extends Error {
    name = "SharedFileError";
    problem;
    constructor(message, problem, options) {
        super(message, options);
        this.problem = problem;
    }
}
