using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace TriggerConsole.Core.Secrets.Keys;

/// <summary>Protects the key ring of Data Protection by the master key.</summary>
internal sealed class MasterKeyXmlEncryptor(MasterKeys keys) : IXmlEncryptor
{
    // Without a master key the element stays as it is; that this is so, is said once at start, in our words
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
        => keys.Current is { } key ? new(RingElements.Wrap(plaintextElement, key), typeof(MasterKeyXmlDecryptor)) : new(new XElement(plaintextElement), typeof(PlainXmlDecryptor));
}

/// <summary>The way back. Its full name stands in the database: it must keep it.</summary>
internal sealed class MasterKeyXmlDecryptor : IXmlDecryptor
{
    private readonly MasterKeys _keys;

    public MasterKeyXmlDecryptor(IServiceProvider services) => _keys = services.GetRequiredService<MasterKeys>();

    public XElement Decrypt(XElement encryptedElement) => RingElements.Unwrap(encryptedElement, _keys.Unwrap);
}

/// <summary>For keys that nothing protects. Its full name stands in the database: it must keep it.</summary>
internal sealed class PlainXmlDecryptor : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => new(encryptedElement);
}
