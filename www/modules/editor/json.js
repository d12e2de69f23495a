// JSON with comments: what is coloured, indented and folded.
import {
  continuedIndent,
  foldInside,
  foldNodeProp,
  indentNodeProp,
  LanguageSupport,
  LRLanguage,
} from "@codemirror/language";
import { styleTags, tags } from "@lezer/highlight";
import { parser } from "../json.grammar";

const inside = continuedIndent({ except: /^\s*[}\]]/ });

export const json = new LanguageSupport(
  LRLanguage.define({
    name: "json",
    parser: parser.configure({
      props: [
        indentNodeProp.add({ Object: inside, List: inside }),
        foldNodeProp.add({ Object: foldInside, List: foldInside }),
        styleTags({
          Key: tags.propertyName,
          String: tags.string,
          Number: tags.number,
          "True False": tags.bool,
          Null: tags.null,
          LineComment: tags.lineComment,
          BlockComment: tags.blockComment,
        }),
      ],
    }),
    languageData: {
      closeBrackets: { brackets: ["[", "{", '"'] },
      commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
    },
  }),
);
