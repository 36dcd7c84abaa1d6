using System.Globalization;

namespace TriggerConsole.Core.Mail;

/// <summary>E-mail addresses as people have them: no quoted local parts, no addresses of machines (RFC 5321 section 4.1.2 allows more than anyone uses).</summary>
internal static class MailAddresses
{
    private const int MaxLength = 254; // RFC 5321, section 4.5.3.1.3
    private const int MaxLocalLength = 64;
    private const int MaxLabelLength = 63;
    private const string NotInLocalPart = "<>()[],;:\\\"@";

    private static readonly IdnMapping s_idn = new() { AllowUnassigned = false, UseStd3AsciiRules = true };

    /// <summary>What is wrong with an address, in a sentence; null when nothing is.</summary>
    public static string? Fault(string? address)
    {
        if (string.IsNullOrWhiteSpace(address)) return "Give an e-mail address.";
        if (address.Length > MaxLength) return $"An e-mail address has at most {MaxLength} characters.";
        var at = address.LastIndexOf('@');
        var isGood = at > 0 && IsLocalPart(address[..at]) && AsciiDomain(address[(at + 1)..]) is not null;
        return isGood ? null : "This is not an e-mail address. It looks like anna@example.com.";
    }

    /// <summary>The address as it is sent: its domain in ASCII (RFC 5891), its local part as it is.</summary>
    /// <exception cref="ArgumentException">It is no address.</exception>
    public static string ForWire(string address)
    {
        if (Fault(address) is { } fault) throw new ArgumentException(fault, nameof(address));
        var at = address.LastIndexOf('@');
        return $"{address[..at]}@{AsciiDomain(address[(at + 1)..])}";
    }

    private static bool IsLocalPart(string local)
        => local.Length <= MaxLocalLength && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal)
            && local.All(c => !char.IsWhiteSpace(c) && !char.IsControl(c) && !NotInLocalPart.Contains(c) && !char.IsSurrogate(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned));

    private static string? AsciiDomain(string domain)
    {
        if (domain.Length == 0) return null;
        try
        {
            var ascii = s_idn.GetAscii(domain);
            var isGood = ascii.Split('.').All(label => label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
            return isGood ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
