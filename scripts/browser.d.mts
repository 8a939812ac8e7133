export declare const BASE_ARGUMENTS: readonly string[];
export declare const WEBGPU_ARGUMENTS: readonly string[];
export declare function launchOptions(): { executablePath: string; args: string[] };
export declare function chromiumPath(): string;
export declare function missingParts(): string[];
export declare function ensureBrowser(): void;
