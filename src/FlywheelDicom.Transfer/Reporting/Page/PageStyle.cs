namespace FlywheelDicom.Transfer.Reporting;

/// <summary>The page's style sheet. It names no font file, image or address: the page is one file.</summary>
internal static class PageStyle
{
    // No "<", ">" or "&" may stand here: the page is read as HTML and as XML.
    public const string Css = """

        :root { --ink: #1d2b33; --soft: #55656e; --rule: #d5dde1; --accent: #0b5a6e; --bad: #a1260d; --fair: #7a4b00 }
        * { box-sizing: border-box }
        html { -webkit-text-size-adjust: 100% }
        body { margin: 0 auto; padding: 3rem 2.5rem 2rem; max-width: 62rem; color: var(--ink); background: #fff;
          font: 15px/1.5 "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums lining-nums }
        header { border-top: 4px solid var(--accent); padding-top: 1.1rem }
        .kind { margin: 0; font-size: .8rem; letter-spacing: .09em; text-transform: uppercase; color: var(--accent); font-weight: 600 }
        h1 { margin: .3rem 0 .35rem; font-size: 1.9rem; line-height: 1.25; font-weight: 600; letter-spacing: -.01em }
        .route { margin: 0; font-size: 1.05rem; color: var(--soft); overflow-wrap: anywhere }
        .note { margin: .9rem 0 0; padding: .5rem .9rem; border-left: 4px solid var(--fair); background: #fdf7ec }
        .figures { display: flex; flex-wrap: wrap; margin: 1.8rem 0 0; padding: 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule) }
        .figures div { flex: 1 1 7.5rem; padding: .85rem 1rem .75rem 0 }
        .figures dt { font-size: .82rem; color: var(--soft) }
        .figures dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-weight: 600; white-space: nowrap }
        .figures .bad { font-weight: 400 }
        .figures .bad dd { color: var(--bad) }
        section { margin-top: 2.4rem }
        h2 { margin: 0 0 .7rem; font-size: 1.15rem; font-weight: 600 }
        table { width: 100%; border-collapse: collapse }
        caption { text-align: left; color: var(--soft); padding-bottom: .5rem }
        th, td { padding: .36rem 1rem .42rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere }
        th:last-child, td:last-child { padding-right: 0 }
        thead th { font-size: .82rem; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--ink); vertical-align: bottom }
        tbody th { font-weight: 400; min-width: 9rem }
        .n { text-align: right; white-space: nowrap }
        .bad { color: var(--bad); font-weight: 600 }
        .fair { color: var(--fair); font-weight: 600 }
        .good { color: var(--accent); font-weight: 600 }
        .group th { padding: 1.1rem 0 .35rem; font-weight: 400 }
        thead + tbody .group th { padding-top: .7rem }
        .group strong { font-weight: 600 }
        .id { color: var(--soft); font-size: .85rem }
        tfoot td, tfoot th { font-weight: 600; border-bottom: 0; border-top: 1px solid var(--ink) }
        .facts { display: grid; grid-template-columns: max-content 1fr; margin: 0; border-top: 1px solid var(--rule) }
        .facts dt, .facts dd { padding: .38rem 1.6rem .38rem 0; margin: 0; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere }
        .facts dt { color: var(--soft) }
        svg { display: block; width: 100%; height: auto }
        footer { margin-top: 2.6rem; padding-top: .8rem; border-top: 1px solid var(--rule); font-size: .85rem; color: var(--soft) }
        @page { size: A4; margin: 16mm 14mm }
        @media print {
          body { padding: 0; max-width: none; font-size: 10pt }
          h1 { font-size: 17pt }
          thead { display: table-header-group }
          tr, .figures, .facts, svg { break-inside: avoid }
          h2, caption { break-after: avoid }
          .note { -webkit-print-color-adjust: exact; print-color-adjust: exact }
        }
        @media (max-width: 40rem) { body { padding: 1.2rem } .facts { grid-template-columns: 1fr } .facts dt { border-bottom: 0; padding-bottom: 0 } }

        """;
}
