using System.Text;
using System.Xml.Linq;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>
/// The part of a Data Protection key that must not be read, as XML. The framework marks it with <c>requiresEncryption</c> and puts in its place
/// <c>encryptedSecret</c> with what the encryptor made of it.
/// </summary>
internal static class RingElements
{
    private const string Element = "wrapped";
    private static readonly XNamespace s_namespace = "http://schemas.asp.net/2015/03/dataProtection";

    public static XElement Wrap(XElement plain, MasterKey key)
        => new(Element, key.Wrap(Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting))));

    public static XElement Unwrap(XElement wrapped, Func<string, byte[]> unwrap) => XElement.Parse(Encoding.UTF8.GetString(unwrap(wrapped.Value)));

    /// <summary>The texts that master keys have wrapped.</summary>
    public static IEnumerable<string> WrappedIn(XElement key) => Encrypted(key).Select(e => e.Element(Element)!.Value);

    /// <summary>Whether what must not be read can be.</summary>
    public static bool HoldsClear(XElement key) => key.DescendantsAndSelf().Any(IsClear);

    /// <summary>Protects by the key what another one, or none, protects. False when there was nothing to do.</summary>
    public static bool Rewrap(XElement key, Func<string, byte[]> unwrap, MasterKey? to)
    {
        var changed = false;
        foreach (var encrypted in Encrypted(key).ToList())
        {
            var text = encrypted.Element(Element)!.Value;
            if (MasterKey.IdOf(text) == to?.Id) continue;
            encrypted.ReplaceWith(to is null ? Unwrap(encrypted.Element(Element)!, unwrap) : Secret(RingWrap(text, unwrap, to)));
            changed = true;
        }
        if (to is null) return changed;
        foreach (var clear in key.DescendantsAndSelf().Where(IsClear).ToList())
        {
            // What was stored without a master key has its mark round it
            var whole = clear.Parent?.Name == s_namespace + "encryptedSecret" ? clear.Parent : clear;
            whole.ReplaceWith(Secret(Wrap(clear, to)));
            changed = true;
        }
        return changed;
    }

    private static XElement RingWrap(string text, Func<string, byte[]> unwrap, MasterKey to) => new(Element, to.Wrap(unwrap(text)));

    private static XElement Secret(XElement wrapped)
        => new(s_namespace + "encryptedSecret", new XAttribute("decryptorType", typeof(MasterKeyXmlDecryptor).AssemblyQualifiedName!), wrapped);

    private static IEnumerable<XElement> Encrypted(XElement key) => key.Descendants(s_namespace + "encryptedSecret").Where(e => e.Element(Element) is not null);

    private static bool IsClear(XElement element) => (bool?)element.Attribute(s_namespace + "requiresEncryption") == true;
}
