using System.Security.Cryptography;
using System.Text;

namespace TriggerConsole.Sbom;

/// <summary>Licences that packages do not name by an SPDX expression, read by people; and which kinds may come in at all.</summary>
internal static class KnownLicences
{
    /// <summary>The text, or the address of it, that was read: another one has to be read again.</summary>
    private static readonly Dictionary<string, (string Of, string Licence)> s_read = new(StringComparer.OrdinalIgnoreCase)
    {
        // "Microsoft Software License Terms, Microsoft.Data.SqlClient.SNI": may be distributed as part of a program
        ["Microsoft.Data.SqlClient.SNI.runtime"] = ("46098530fc59d16670b6de391079c2fb46145328118ab1e451d7cc2881a7846a", "LicenseRef-Microsoft-SqlClient-SNI"),
        ["xunit.abstractions"] = ("https://raw.githubusercontent.com/xunit/xunit/master/license.txt", "Apache-2.0"),
    };

    /// <summary>Kinds that ask for no more than to be named.</summary>
    private static readonly string[] s_allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "0BSD", "PostgreSQL", "LicenseRef-Microsoft-SqlClient-SNI"];

    /// <param name="text">The licence's text or address, as the package has it.</param>
    public static string? Of(string id, string text)
        => s_read.TryGetValue(id, out var read) && (read.Of == text || read.Of == HashOf(text)) ? read.Licence : null;

    /// <summary>Of several to choose from (<c>A OR B</c>) one is enough; of several at once (<c>A AND B</c>) all must be.</summary>
    public static bool IsAllowed(string expression)
        => expression.Split(" OR ").Any(choice => choice.Split(" AND ").All(licence => s_allowed.Contains(licence.Trim(' ', '(', ')'))));

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
}
