namespace FlywheelDicom.Transfer.Sources;

/// <summary>What a file is.</summary>
internal enum ContentKind { Other, Dicom, Zip, Tar, Gzip, Bzip2, Xz, Zstandard, SevenZip }
